#include "core/text/grammar.h"

namespace descent {

namespace {

// All countries, teams, firms and persons are invented.
const Grammar& grammar() {
    static const Grammar made({
        {"country",
         {"Norvale", "Estaria", "Kolvania", "West Ardon", "Tarmira", "Lusenia", "the Ostrian Republic",
          "Verdania", "Maravel", "Sorland", "Ilmaria", "Dunmark", "Pelagia", "Carvonia", "Upper Sava"}},
        {"city",
         {"Halgate", "Port Elin", "Montreval", "Brinova", "Saint Orlo", "Kessel", "Vardby", "Lomera",
          "Tarn Hill", "Oakmouth", "Zelin", "Rivadola", "Hexbridge", "Norrhavn"}},
        {"person",
         {"Alma Ruiz", "Tomas Veld", "Ines Okoro", "Jon Harker", "Mira Sandoval", "Piet Larsen", "Dana Wolfe",
          "Karim Soltan", "Lena Fischer", "Hugo Brandt", "Sara Lindqvist", "Owen Pryce", "Noor Azadi",
          "Viktor Hale", "Rosa Campos", "Ewan Drury"}},
        {"company",
         {"Halden Works", "Brightline", "Orvex", "Northway Foods", "Castor Bank", "Milner Steel",
          "Tessel Airlines", "Quantis", "Bluefern", "Redmoor Oil", "Lakeside Motors", "Finch and Sons",
          "Paxton Retail", "Solara Energy", "Vantage Insurance"}},
        {"team",
         {"Halgate Rovers", "Port Elin United", "the Kessel Bears", "Vardby Athletic", "the Oakmouth Giants",
          "Montreval FC", "the Brinova Wolves", "Tarn Hill City", "the Lomera Hawks", "Saint Orlo Stars",
          "the Hexbridge Saints", "Zelin Dynamo"}},
        {"group",
         {"the university of {city}", "the {city} institute", "a team in {city}",
          "the space agency of {country}", "researchers from {country}", "scientists in {city}",
          "engineers at {company}", "a laboratory in {city}"}},
        {"day", {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}},
        {"number",
         {"two", "three", "four", "five", "six", "eight", "ten", "twelve", "fifteen", "twenty", "thirty",
          "40", "60", "75", "120", "300"}},
        {"source",
         {"officials said", "a spokesman said", "reports said", "{person} told reporters", "a statement said",
          "witnesses said", "the paper wrote", "according to {person}"}},
        {"world",
         {"the government of {country} and rebels signed a truce in {city} on {day}",
          "voters in {country} go to the polls on {day} after a tense campaign",
          "at least {number} people were killed when a storm hit the coast of {country}",
          "the president of {country} met the foreign minister of {country} for talks on the border",
          "police in {city} arrested {number} protesters on {day}",
          "an earthquake shook {city} , leaving {number} families without homes",
          "the parliament of {country} rejected a treaty with {country}",
          "{person} was sworn in as prime minister of {country}",
          "{country} sent troops to the border with {country}",
          "aid workers reached {city} after {number} days of fighting",
          "a court in {country} sentenced former minister {person} to {number} years in prison",
          "refugees from {country} crossed into {country} on {day}"}},
        {"sports",
         {"{team} beat {team} {number} to {number} on {day}",
          "{person} scored twice as {team} came from behind against {team}",
          "{team} signed striker {person} until the end of the season",
          "{person} won the {city} open in straight sets",
          "coach {person} left {team} after {number} defeats in a row",
          "{team} will play {team} in the cup final in {city}",
          "an injured knee keeps captain {person} of {team} out for {number} weeks",
          "{person} took gold in the marathon at {city}",
          "a late goal by {person} sent {team} through to the semifinal",
          "the match between {team} and {team} ended in a draw",
          "{person} set a record over {number} hundred metres in {city}",
          "fans of {team} cheered goalkeeper {person} after a penalty shootout"}},
        {"business",
         {"shares of {company} fell {number} percent on {day} after a profit warning",
          "{company} agreed to buy {company} for {number} million",
          "{company} reported a quarterly profit of {number} million , above forecasts",
          "the central bank of {country} raised interest rates by a quarter point",
          "{company} will cut {number} hundred jobs at its plant in {city}",
          "oil prices rose on {day} as {country} reduced its exports",
          "{person} was named chief executive of {company}",
          "stocks in {city} closed higher on {day} on hopes of lower inflation",
          "{company} plans to sell its stake in {company}",
          "a merger of {company} and {company} was approved by regulators in {country}",
          "consumer spending in {country} grew more slowly than economists had expected",
          "{company} filed for bankruptcy with debts of {number} million"}},
        {"tech",
         {"{group} found water on a moon {number} light years away",
          "{company} released a new version of its browser to close {number} security holes",
          "{group} built a battery that charges in {number} minutes",
          "a new virus spread by email has infected computers in {country}",
          "{group} launched a satellite to measure the ice",
          "a gene found by {group} may explain a rare disease",
          "{company} showed a chip with {number} cores in {city}",
          "{group} taught a robot to sort {number} kinds of plants",
          "the telescope of {group} saw a distant galaxy",
          "{company} opened the source code of its search software",
          "fossils of a dinosaur were dug up near {city} by {group}",
          "a spacecraft of {country} reached orbit on {day}"}},
        // Words of one topic in a sentence of another: what is told counts, not who is named.
        {"world-mixed",
         {"{company} had to leave its offices in {city} as troops entered {country}",
          "{country} closed its border to fans of {team} after riots in {city} left {number} dead",
          "the satellite pictures of {group} show tanks near {city} in {country}",
          "striker {person} was elected to the parliament of {country}"}},
        {"sports-mixed",
         {"{team} , sponsored by {company} , won the league with {number} points to spare",
          "the president of {country} watched {team} beat {team} in the final",
          "with a new ball designed by {group} , {team} beat {team}",
          "chief executive {person} of {company} ran the {city} marathon in a record time"}},
        {"business-mixed",
         {"{company} , which sponsors {team} , saw its shares fall {number} percent",
          "{company} pays {number} million to put its name on the shirts of {team} , and its stock fell",
          "the election in {country} sent stocks in {city} up on {day}",
          "chip maker {company} cut its profit forecast for the quarter"}},
        {"tech-mixed",
         {"{team} tried out software by {group} that predicts injuries",
          "{company} , whose shares doubled , unveiled a computer built with {group}",
          "the army of {country} tests a robot made by {group}",
          "engineers put sensors from {group} into the ball that {team} plays with"}},
        {"text",
         {"{main} , {source} .", "{city} - {main} .", "{main} .", "{source} that {main} .",
          "{main} on what {person} called a historic day , {source} .", "{city} - {main} , {source} ."}},
    });
    return made;
}

std::string news(std::string_view topic, RandomStream& stream) {
    std::string name(topic);
    if (stream.uniform() < 0.25) name += "-mixed";
    std::string text = grammar().one_of("text", stream);
    text.replace(text.find("{main}"), 6, grammar().one_of(name, stream));
    text += " ";
    if (stream.uniform() < 0.3) text += grammar().one_of(std::string(topic), stream) + " .";
    return grammar().draw(text, stream);
}

} // namespace

MadeTexts made_topics(std::int64_t count, double label_noise, std::uint64_t seed) {
    static constexpr const char* kTopics[]{"world", "sports", "business", "tech"};
    return made({"World", "Sports", "Business", "Sci/Tech"}, count, label_noise, seed, "made-topics",
                [](std::int32_t label, RandomStream& stream) { return news(kTopics[label], stream); });
}

} // namespace descent
