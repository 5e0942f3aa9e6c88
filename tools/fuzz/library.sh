# What the fuzzers of this folder share; they source it with the name of their harness as $name and their arguments.
#
#     tools/fuzz/NAME [SECONDS] [libFuzzer options]
#
# Builds the rooms that read and write models with libFuzzer and the address sanitizer, and the harness NAME.swift with
# them. A crash leaves its input in .build/fuzz/NAME/; give that file as an option to see it again.
# shellcheck shell=sh disable=SC2154
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
[ $# -gt 0 ] && shift
rooms=$root/.build/fuzz/rooms
out=$root/.build/fuzz/$name
mkdir -p "$rooms" "$out/corpus"
cd "$rooms"

# C modules: the system's by their own map, ours by the header of their name.
: > module.modulemap
flags="-O -parse-as-library -swift-version 6 -enable-testing -sanitize=address,fuzzer -I $rooms -Xcc -fmodule-map-file=$rooms/module.modulemap"
libraries="-lprotobuf-c -lzip -lz"
objects=""
for folder in "$root"/Sources/C*; do
  module=$(basename "$folder")
  grep -rqE "^ *import $module\$" "$root/Sources/PithGraph" "$root/Sources/PithImport" "$root/Sources/PithExport" || continue
  if [ -f "$folder/module.modulemap" ]; then
    flags="$flags -Xcc -fmodule-map-file=$folder/module.modulemap"
    continue
  fi
  echo "module $module { header \"$folder/include/$module.h\" export * }" >> module.modulemap
  for source in "$folder"/*.c; do
    object=$module-$(basename "$source" .c).o
    clang -O1 -g -fsanitize=address,fuzzer-no-link -I "$folder/include" -c "$source" -o "$object"
    objects="$objects $rooms/$object"
  done
done

# $1: a room, compiled into an object and a module unless it was since its sources changed.
stale=no
room() {
  objects="$objects $rooms/$1.o"
  if [ "$stale" = no ] && [ -f "$1.o" ] && [ -z "$(find "$root/Sources/$1" -newer "$1.o")" ]; then return; fi
  stale=yes
  # shellcheck disable=SC2086,SC2046
  swiftc $flags -wmo -module-name "$1" -emit-module -emit-module-path "$1.swiftmodule" -emit-object -o "$1.o" \
    $(find "$root/Sources/$1" -name '*.swift' | sort)
}
room PithGraph
room PithFiles
room PithImport
room PithExport
# shellcheck disable=SC2086
swiftc $flags "$root/tools/fuzz/FuzzedGraph.swift" "$root/tools/fuzz/$name.swift" $objects $libraries -o "$out/fuzz"
cd "$out"

# Swift's own backtraces would come between a crash and libFuzzer.
SWIFT_BACKTRACE=enable=no
export SWIFT_BACKTRACE

# $1: bytes that an input may have; then libFuzzer's options.
fuzz() {
  limit=$1
  shift
  exec ./fuzz -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len="$limit" -print_final_stats=1 "$@" \
    corpus
}
