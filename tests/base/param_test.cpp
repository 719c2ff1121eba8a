#include "core/base/param.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace descent {

namespace {

std::string message(const ParamSpec& spec, std::string_view typed, std::string_view where = "optimizer.lr") {
    const auto value = parse_value(spec, typed, where);
    return value ? "accepted: " + to_string(*value) : value.error().message;
}

const ParamSpec lr = real("lr", 0.1, "Step size").above(0).log();
const ParamSpec hidden = integer("hidden", 128, "Width").at_least(1).at_most(4096);
const ParamSpec order = choice("order", "shuffled", {"shuffled", "fixed", "replacement"}, "Order");

} // namespace

TEST(RangeText, SaysWhatIsAllowed) {
    EXPECT_EQ(range_text(real("x", 0, "").at_least(0)), "≥ 0");
    EXPECT_EQ(range_text(lr), "> 0");
    EXPECT_EQ(range_text(real("x", 0, "").at_least(0).at_most(1)), "0 to 1");
    EXPECT_EQ(range_text(real("x", 0, "").at_least(0).below(1)), "≥ 0 and < 1");
    EXPECT_EQ(range_text(real("x", 0, "").above(-0.5).at_most(1)), "> -0.5 and ≤ 1");
    EXPECT_EQ(range_text(real("x", 0, "")), "");
    EXPECT_EQ(range_text(order), "one of shuffled, fixed, replacement");
    EXPECT_EQ(range_text(flag("x", false, "")), "");
}

TEST(ParseValue, Reals) {
    EXPECT_EQ(parse_value(lr, "0.4", "w"), Value{0.4});
    EXPECT_EQ(parse_value(lr, " 1e-3 ", "w"), Value{1e-3});
    EXPECT_EQ(parse_value(lr, "5", "w"), Value{5.0});
    EXPECT_EQ(message(lr, "-1"), "optimizer.lr = -1: expected a number > 0");
    EXPECT_EQ(message(lr, "0"), "optimizer.lr = 0: expected a number > 0");
    for (const char* bad :
         {"", "abc", "0.4x", "0,4", "1 2", "nan", "inf", "-inf", "infinity", "1e999", "0x10", "--1"})
        EXPECT_THAT(message(lr, bad), ::testing::EndsWith(": expected a number > 0")) << bad;
    EXPECT_EQ(message(real("x", 0, ""), "abc", "a.x"), "a.x = abc: expected a number");
    EXPECT_EQ(message(real("x", 0, "").at_least(0).at_most(1), "1.5", "a.x"),
              "a.x = 1.5: expected a number from 0 to 1");
    EXPECT_EQ(to_string(*parse_value(real("x", 1, ""), "-0", "a.x")), "0") << "one zero, one identity";
}

TEST(ParseValue, Integers) {
    EXPECT_EQ(parse_value(hidden, "64", "w"), Value{std::int64_t{64}});
    EXPECT_EQ(message(hidden, "0", "model.hidden"),
              "model.hidden = 0: expected a whole number from 1 to 4096");
    for (const char* bad : {"", "1e3", "1_000", "1,000", "64.0", "99999999999999999999", "five", "0x10"})
        EXPECT_THAT(message(hidden, bad), ::testing::EndsWith(": expected a whole number from 1 to 4096"))
            << bad;
    EXPECT_EQ(message(integer("n", 0, ""), "-5"), "accepted: -5");
}

TEST(ParseValue, Booleans) {
    const ParamSpec nesterov = flag("nesterov", false, "");
    for (const char* yes : {"true", "yes", "on", "1", "True", "ON"})
        EXPECT_EQ(parse_value(nesterov, yes, "w"), Value{true});
    for (const char* no : {"false", "no", "off", "0"})
        EXPECT_EQ(parse_value(nesterov, no, "w"), Value{false});
    EXPECT_EQ(message(nesterov, "maybe"), "optimizer.lr = maybe: expected true or false");
}

TEST(ParseValue, Choices) {
    EXPECT_EQ(parse_value(order, "fixed", "w"), Value{std::string("fixed")});
    EXPECT_EQ(
        message(order, "shufled", "regime.order"),
        "regime.order = shufled: expected one of shuffled, fixed, replacement; did you mean 'shuffled'?");
    EXPECT_EQ(message(order, "xyz", "regime.order"),
              "regime.order = xyz: expected one of shuffled, fixed, replacement");
}

TEST(ParseValue, TextsAreKeptAsTyped) {
    EXPECT_EQ(parse_value(text("t", "", ""), "  a = \"b\"\n", "w"), Value{std::string("  a = \"b\"\n")});
    EXPECT_EQ(parse_value(path("p", "", ""), "", "w"), Value{std::string()});
    EXPECT_EQ(parse_value(path("p", "", ""), "/tmp/Дом", "w"), Value{std::string("/tmp/Дом")});
    EXPECT_FALSE(parse_value(path("p", "", ""), "\xff\xfe", "w"));
    EXPECT_FALSE(parse_value(path("p", "", ""), std::string_view("a\0b", 3), "w"));
}

TEST(ParseValue, MessagesAreOneReadableLine) {
    for (const std::string& bad : {std::string("a\nb\tc\r"), std::string(100'000, 'x'),
                                   std::string("\xc3\x28"), std::string(199, 'x') + "äää"}) {
        const std::string line = message(lr, bad);
        EXPECT_EQ(line.find_first_of("\n\r\t"), std::string::npos);
        EXPECT_LT(line.size(), 300u);
        EXPECT_NO_THROW(nlohmann::json(line).dump()) << "is UTF-8";
    }
}

TEST(CheckValue, ChecksTypeAndRange) {
    EXPECT_EQ(check_value(lr, Value{std::int64_t{1}}, "w"), Value{1.0});
    EXPECT_FALSE(check_value(hidden, Value{64.0}, "w"));
    EXPECT_FALSE(check_value(lr, Value{std::string("0.4")}, "w"));
    EXPECT_FALSE(check_value(lr, Value{true}, "w"));
    EXPECT_FALSE(check_value(lr, Value{std::numeric_limits<double>::quiet_NaN()}, "w"));
    EXPECT_FALSE(check_value(lr, Value{std::numeric_limits<double>::infinity()}, "w"));
    EXPECT_FALSE(check_value(flag("f", false, ""), Value{std::int64_t{1}}, "w"));
    EXPECT_EQ(check_value(order, Value{std::string("x")}, "a.b").error().message,
              "a.b = x: expected one of shuffled, fixed, replacement");
}

TEST(ToString, ReadsBackAsTheSameValue) {
    EXPECT_EQ(to_string(Value{0.1}), "0.1");
    EXPECT_EQ(to_string(Value{5.0}), "5");
    EXPECT_EQ(to_string(Value{true}), "true");
    EXPECT_EQ(to_string(Value{std::int64_t{-7}}), "-7");
    const ParamSpec any = real("x", 0, "");
    std::mt19937_64 bits(1);
    for (int i = 0; i < 10'000; ++i) {
        const double v = std::bit_cast<double>(bits());
        if (!std::isfinite(v)) continue;
        EXPECT_EQ(parse_value(any, to_string(Value{v}), "w"), Value{v});
        EXPECT_EQ(value_from_json(nlohmann::json::parse(to_json(Value{v}).dump())), Value{v});
    }
}

TEST(ValueJson, KeepsTypes) {
    for (const Value& value : {Value{true}, Value{std::int64_t{INT64_MIN}}, Value{std::int64_t{INT64_MAX}},
                               Value{5.0}, Value{0.1}, Value{std::string("a\"\n")}})
        EXPECT_EQ(value_from_json(nlohmann::json::parse(to_json(value).dump())), value);
    for (const char* bad : {"null", "[]", "{}", "18446744073709551615"})
        EXPECT_THROW(value_from_json(nlohmann::json::parse(bad)), InputError) << bad;
}

TEST(Nearest, FindsWhatWasMeant) {
    const std::vector<std::string> models{"char-rnn-linear", "elman", "gru", "lstm"};
    EXPECT_EQ(nearest("gruu", models), "gru");
    EXPECT_EQ(nearest("gur", models), "gru");
    EXPECT_EQ(nearest("GRU", models), "gru");
    EXPECT_EQ(nearest("lsmt", models), "lstm");
    EXPECT_EQ(nearest("char-rnn", models), "char-rnn-linear");
    EXPECT_EQ(nearest("elmann", models), "elman");
    EXPECT_EQ(nearest("transformer", models), std::nullopt);
    EXPECT_EQ(nearest("", models), std::nullopt);
    EXPECT_EQ(nearest("x", models), std::nullopt);
    EXPECT_EQ(nearest("hiden", {"hidden", "layers"}), "hidden");
    EXPECT_EQ(nearest("full", {"full-batch", "full-batch-clipped"}), std::nullopt) << "two go on like this";
    EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(ParamSet, ThrowsWhereUseAndDeclarationDisagree) {
    ParamSet set;
    set.values = {{"a", 0.5}, {"b", std::int64_t{3}}, {"c", true}, {"d", std::string("x")}};
    EXPECT_EQ(set.real("a"), 0.5);
    EXPECT_EQ(set.integer("b"), 3);
    EXPECT_TRUE(set.flag("c"));
    EXPECT_EQ(set.text("d"), "x");
    EXPECT_THROW(set.real("z"), std::out_of_range);
    EXPECT_THROW(set.integer("a"), std::bad_variant_access);
}

} // namespace descent
