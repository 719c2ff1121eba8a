# Who may include whom (ARCHITECTURE.md, "Layers"). Reads lines "file <tab> line <tab> included", prints each violation as
# file:line: include: reason, and exits 1 if there was one. Run by packaging/check.
BEGIN { FS = "\t" }

function complain(reason) {
    print $1 ":" $2 ": includes " $3 ": " reason
    failed = 1
}
function is_torch(target) { return target ~ /^(torch|ATen|c10|caffe2)\// }
function folder(path) { sub(/[^\/]*$/, "", path); return path }
function stem(path) { sub(/.*\//, "", path); sub(/\.[a-z]+$/, "", path); return path }

{
    file = $1
    target = $3
    while (sub(/^\.\.\//, "", target)) {}
    in_base = file ~ /^core\/(base|store|analysis|audio|text|exchange)\//
    in_front = file ~ /^(ui|app)\//

    if (file ~ /^(core|app\/cli)\// && target ~ /^(Qt?[A-Z][A-Za-z]*|Qt)(\/|\.h$|$)/)
        complain("core/ and app/cli build without Qt")
    if ((in_base || in_front || file ~ /^core\/engine\/(load_engine|evaluation_table)\.cpp$/) && is_torch(target))
        complain("only the engine sees torch, so that windows, lists and the store need not wait for it")
    if (in_front && file !~ /^ui\/plots\/chart_/ &&
        target ~ /^QtCharts|^Q[A-Za-z]*(Chart|ChartView|Series|Axis)$|^Q(Bar|Box|Candlestick|Pie)S(et|lice)$/)
        complain("Qt Charts stays in ui/plots/chart_*, where it can be replaced")
    if (file ~ /^(core|ui|app)\// && file !~ /^core\/store\// && target ~ /^(SQLiteCpp\/|sqlite3)/)
        complain("SQL stays in core/store")
    if (file ~ /^core\// && target ~ /^(ui|app)\//)
        complain("core/ serves every front end and knows none")
    if (file ~ /^ui\// && target ~ /^app\//)
        complain("ui/ is given its services by app/, in constructors")
    if (in_base && target ~ /^core\/(engine|tasks|models|optimizers|regimes|probes)\//)
        complain("descent_base lies below the engine")
    if (in_front && target ~ /^core\/(tasks|models|optimizers|regimes|probes)\//)
        complain("the engine has one face, core/engine/engine.h")
    if (file ~ /^ui\/pages\// && target ~ /_page\.h$/ && index(stem(file), substr(stem(target), 1, length(stem(target)) - 5)) != 1)
        complain("a page never includes another: they talk through ui/state and signals")

    # What the front ends reach through headers, however far.
    if (target ~ /\.(h|hpp|inc)$/ && !is_torch(target)) {
        if (target !~ /^(core|ui|app)\//) target = folder(file) target
        edges[file] = edges[file] target "\n"
    }
    if (is_torch(target)) torch_at[file] = $2
    if (in_front) front[file] = 1
}

END {
    for (file in front) todo[++n] = file
    for (i = 1; i <= n; ++i) {
        count = split(edges[todo[i]], next_files, "\n")
        for (k = 1; k < count; ++k) {
            header = next_files[k]
            if (header in seen) continue
            seen[header] = 1
            todo[++n] = header
            if (header in torch_at && header !~ /^(ui|app)\//) {
                print header ":" torch_at[header] ": includes torch, and " todo[i] " includes it: what ui/ or app/ can reach is torch-free"
                failed = 1
            }
        }
    }
    exit failed
}
