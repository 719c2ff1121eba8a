#include "core/text/name_list.h"
#include "core/text/normalise.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Files apart by 0xFF, which is in no UTF-8 text.
    const auto place = empty_folder("names");
    int number = 0;
    for (const auto text : Input(data, size).parts('\xff')) {
        if (++number > 4) break;
        file("names/" + std::to_string(number) + ".txt", text);
        std::map<std::string, std::int64_t> dropped;
        std::string name;
        if (accepted([&] { name = normalise_name(text, dropped); }))
            hold(name.find_first_not_of(kNameAlphabet) == std::string::npos, "a name is of its alphabet");
    }
    NameLists lists;
    if (!accepted([&] { lists = read_name_folder(place); })) return 0;
    hold(lists.classes.size() >= 2, "there are two classes");
    for (const auto& item : lists.items)
        hold(!item.name.empty() && item.name.find_first_not_of(kNameAlphabet) == std::string::npos &&
                 item.label >= 0 && std::size_t(item.label) < lists.classes.size() && item.line > 0,
             "a name is of its alphabet and of a class");
    hold(legacy_split(lists).size() == lists.items.size(), "each name has a side");
    accepted([&] {
        hold(stratified_split(lists, 0.2, 0.2, 1).size() == lists.items.size(), "each name has a side");
    });
    return 0;
}
