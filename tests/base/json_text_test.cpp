#include "core/base/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace descent {

namespace {

std::string nested(int depth) {
    return std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']');
}

} // namespace

TEST(ForeignJson, IsReadAsItStands) {
    EXPECT_EQ(foreign_json(R"({"a": [1, "[[", {"b": null}]})"),
              nlohmann::json::parse(R"({"a":[1,"[[",{"b":null}]})"));
    EXPECT_TRUE(foreign_json("{").is_discarded());
    EXPECT_TRUE(foreign_json("").is_discarded());
    EXPECT_FALSE(foreign_json("").is_object());
}

TEST(ForeignJson, IsNotNestedDeeperThanTheStackBears) {
    EXPECT_FALSE(foreign_json(nested(kDeepestJson)).is_discarded());
    EXPECT_TRUE(foreign_json(nested(kDeepestJson + 1)).is_discarded());
    EXPECT_TRUE(foreign_json(nested(1'000'000)).is_discarded());
    EXPECT_FALSE(is_nested_too_deep(R"(["\"[[[)" + std::string(1'000, '[') + R"("])"));
    std::string row = "[";
    for (int i = 0; i < 1'000; ++i) row += "[],";
    EXPECT_FALSE(foreign_json(row + "{}]").is_discarded()); // beside each other
}

} // namespace descent
