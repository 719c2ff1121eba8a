#include "core/text/grammar.h"

#include <array>

namespace descent {

namespace {

/// What opinions are about, and parts of it.
struct Subject {
    const char* whole;
    std::array<const char*, 8> parts;
};

constexpr std::array kSubjects{
    Subject{"film",
            {"plot", "acting", "ending", "music", "dialogue", "first half", "lead actor", "camera work"}},
    Subject{
        "book",
        {"plot", "style", "ending", "first chapter", "translation", "main character", "cover", "dialogue"}},
    Subject{"restaurant", {"food", "service", "soup", "wine", "waiter", "menu", "dessert", "terrace"}},
    Subject{"hotel", {"room", "breakfast", "bed", "staff", "view", "bathroom", "location", "lobby"}},
    Subject{"phone", {"screen", "battery", "camera", "sound", "design", "keyboard", "charger", "software"}},
    Subject{"concert",
            {"singer", "sound", "band", "hall", "encore", "first song", "light show", "support act"}},
    Subject{"course",
            {"teacher", "material", "exam", "pace", "book list", "last lesson", "homework", "classroom"}},
    Subject{"game",
            {"story", "music", "controls", "first level", "graphics", "tutorial", "final boss", "map"}},
    Subject{"train ride",
            {"seat", "crew", "food", "view", "timetable", "ticket app", "heating", "connection"}},
    Subject{"bicycle", {"saddle", "frame", "brakes", "chain", "paint", "lights", "gear shift", "delivery"}}};

const Grammar& grammar() {
    static const Grammar made({
        {"+",
         {"good",      "great",      "lovely",    "excellent",  "wonderful",   "charming",  "delightful",
          "superb",    "brilliant",  "pleasant",  "impressive", "fantastic",   "enjoyable", "outstanding",
          "splendid",  "clever",     "fresh",     "convincing", "perfect",     "fine",      "beautiful",
          "well made", "satisfying", "memorable", "nice",       "first class", "solid"}},
        {"-",
         {"bad",        "terrible",      "awful",       "boring",   "poor",       "dreadful", "horrible",
          "weak",       "disappointing", "dull",        "annoying", "clumsy",     "ugly",     "tiresome",
          "useless",    "mediocre",      "sloppy",      "shabby",   "tedious",    "lame",     "unpleasant",
          "badly made", "frustrating",   "forgettable", "stale",    "third rate", "hopeless"}},
        {"+v",
         {"loved", "enjoyed", "liked", "adored", "admired", "was happy with", "was glad about",
          "could praise"}},
        {"-v",
         {"hated", "disliked", "regretted", "could not stand", "was fed up with", "was angry about",
          "could do without", "despised"}},
        {"+do", {"recommend", "praise", "enjoy", "like", "trust"}},
        {"-do", {"avoid", "hate", "dislike", "regret", "resent"}},
        {"+n", {"joy", "pleasure", "success", "triumph", "delight", "gem"}},
        {"-n", {"failure", "mess", "disaster", "letdown", "nuisance", "flop"}},
        {"very", {"very", "really", "truly", "quite", "simply", "", "", "so", "extremely", "rather", "just"}},
        {"was", {"was", "is", "seemed", "turned out to be", "felt", "proved"}},
        {"looked", {"looked", "seemed", "sounded", "started out", "appeared"}},
        {"who",
         {"my sister", "my brother", "a friend", "our neighbour", "my father", "a colleague", "my wife",
          "my husband", "the critic in our paper", "everybody at work", "the man at the desk"}},
        {"when",
         {"last week", "on Monday", "in May", "yesterday", "two days ago", "over the holidays",
          "on a rainy evening", "with my family", "after work", "for the second time", "in Vienna", "alone",
          "with three friends", "last summer"}},
        {"but", {"but", "yet", "however ,", "and still"}},
        {"although", {"although", "even though", "while"}},
        // What says nothing; "not" and "but" are at home here, too.
        {"filler",
         {"we went there {when} .", "I tried it {when} .", "it was my first {whole} of the year .",
          "{who} had told me about it .", "I did not know what to expect .", "I am not an expert on this .",
          "we had to wait , but only for a minute .", "I do not write reviews often .",
          "it took {number} hours .", "I paid {number} euros .", "{who} came along .",
          "this was not my idea , but {who} had a voucher .", "it is not far from here .",
          "there were {number} of us .", "I read about it {when} .", "nothing else was open {when} ."}},
        {"number", {"two", "three", "four", "five", "seven", "ten", "twelve", "twenty", "thirty"}},
        // Of the one side throughout.
        {"plain",
         {"the {part} {was} {very} {+}", "the {whole} {was} {very} {+} and the {part} {very} {+} , too",
          "I {+v} the {part}", "{who} {+v} the {whole}", "what a {+n}",
          "all in all a {+n} , and the {part} was {+}", "{very} {+} , this {whole}",
          "I would {+do} this {whole} any time", "{+} {part} , {+} {part} , {+} {whole}",
          "the {part} {was} {+} and {who} {+v} it", "a {+} {whole} from beginning to end"}},
        // A word of the other side, turned round.
        {"negated",
         {"the {part} was not {-} at all", "not a {-} {whole}", "there was nothing {-} about the {part}",
          "nobody could call the {part} {-}", "I can not say that the {part} was {-}",
          "the {whole} was never {-}", "the {part} is anything but {-}", "{who} was wrong to call it {-}",
          "I did not find the {part} {-}", "it is hardly a {-n}", "you will not {-do} this {whole}",
          "far from {-} , this {whole}", "without a {-} moment"}},
        // Both sides: the one that comes last, or that is not granted, counts.
        {"contrast",
         {"the {part} {looked} {-} , {but} the {whole} {was} {+}",
          "the {part} was {-} , {but} in the end I {+v} the {whole}",
          "{although} the {part} was {-} , the {whole} {was} {+}",
          "the {whole} {was} {+} , {although} the {part} was {-}",
          "I expected something {-} , {but} it {was} {+}", "{who} {-v} it , {but} I think it is {+}",
          "{who} called it a {-n} , {but} for me it is a {+n}",
          "I used to think it was {-} ; now I find it {+}", "despite the {-} {part} it is a {+} {whole}",
          "it is a {+} {whole} despite the {-} {part}"}},
        // Neither: no judgement, both weighed up, or in the middle.
        {"neutral",
         {"the {part} is neither {+} nor {-}", "the {part} was {+} , the {part} {-}",
          "some find it {+} , others {-} ; it is in between", "it is an average {whole}",
          "the {whole} is as expected", "the {part} is the same as last year",
          "the {whole} has {number} of them", "I have no opinion on the {part}",
          "the {part} was {-} and the {part} {+} , so it evens out",
          "an ordinary {whole} with a usual {part}", "they changed the {part} {when}",
          "I do not care about the {part} either way", "not {+} , not {-} , just a {whole}",
          "the {whole} is open until {number}"}},
        {"end", {".", ".", ".", "!"}},
    });
    return made;
}

/// {whole} and {part} are words of the subject: they are put in before the rest is drawn.
std::string about(const Subject& subject, std::string text, RandomStream& stream) {
    for (std::size_t at = 0; (at = text.find("{whole}", at)) != std::string::npos;)
        text.replace(at, 7, subject.whole);
    for (std::size_t at = 0; (at = text.find("{part}", at)) != std::string::npos;)
        text.replace(at, 6, subject.parts[stream.below(subject.parts.size())]);
    return text;
}

std::string sentence(const Subject& subject, std::string_view kind, RandomStream& stream, bool negative) {
    return grammar().draw(about(subject, grammar().one_of(kind, stream), stream), stream, negative);
}

std::string opinion(std::int32_t side, RandomStream& stream) {
    const Subject& subject = kSubjects[stream.below(kSubjects.size())];
    const bool negative = side < 0;
    const auto filler = [&] { return sentence(subject, "filler", stream, false); };
    std::string text;
    if (stream.uniform() < 0.45) text += filler() + " ";
    const double kind = stream.uniform();
    if (side == 0)
        text += sentence(subject, "neutral", stream, stream.below(2) == 0);
    else
        text += sentence(subject,
                         kind < 0.45  ? "plain"
                         : kind < 0.7 ? "negated"
                                      : "contrast",
                         stream, negative);
    text += grammar().draw(" {end} ", stream);
    // The rest of a text agrees with it, so that long ones are easier.
    if (stream.uniform() < 0.2)
        text += sentence(subject, side == 0 ? "neutral" : "plain", stream, negative) + " . ";
    if (stream.uniform() < 0.35) text += filler();
    return text;
}

} // namespace

MadeTexts made_opinions(std::int64_t count, bool neutral, double label_noise, std::uint64_t seed) {
    if (neutral)
        return made({"negative", "neutral", "positive"}, count, label_noise, seed, "made-opinions-3",
                    [](std::int32_t label, RandomStream& stream) { return opinion(label - 1, stream); });
    return made({"negative", "positive"}, count, label_noise, seed, "made-opinions",
                [](std::int32_t label, RandomStream& stream) { return opinion(2 * label - 1, stream); });
}

} // namespace descent
