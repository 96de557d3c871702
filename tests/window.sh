#!/usr/bin/env bash
# Drives the real program on a virtual display, as a person would, and looks at the pictures.
#
#     tests/window.sh [BINARY [FOLDER]]
#
# BINARY is the program (default: target/debug/dkae-explorer), FOLDER gets the screenshots (default:
# target/window-shots). Needs Xvfb, xdotool and ImageMagick, and strace for its last part. Takes three to
# five minutes; every step has a limit, so nothing hangs. Ends at the first thing that is not as it
# should be.

set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
binary=$(realpath "${1:-$target/debug/dkae-explorer}")
shots=${2:-$target/window-shots}
mkdir -p "$shots"
shots=$(realpath "$shots")
rm -f "$shots"/*.png

# Where things stand in the window at 1440×900, in pixels. A layout that moves them changes these.
prior='276x276+298+126'
codes='276x276+625+126'
controls='255x720+2+60'
# What the toolbar says of the run.
status='400x24+655+4'
# ▶ (and Pause) and Stop.
go_x=532
stop_x=628
lambda_y=107
# Under it: Steer, Compare and the end of the ladder, and what is on show.
steer_x=30
compare_x=86
ladder_off_x=236
ladder_y=169
on_show='240x18+4+182'
# The pages Live and Inside, the tabs of the latter, and where the tour begins.
live_x=27
inside_x=77
tabs_y=68
draw_x=388
units_x=443
prior_tab_x=498
pull_x=548
inside='1150x790+275+95'
tour='300x120+282+465'
# The folder beside the end of the ladder.
folder_x=215
# The strip of pins, and the end of the first.
strip='280x100+275+780'
unpin_x=539
unpin_y=797
lambda_0=16
lambda_1=237
# A cell of C, and what stands beside the images; the menu of the orders and its entry of class means.
cell_x=763
cell_y=276
side='420x330+985+490'
order_x=532
order_y=77
means_x=545
means_y=217
# The theme button, from the right edge and the top.
theme_right=83
theme_y=24
# The save button, and in its menu the entries of P and C as PNG, likewise.
save_right=19
png_right=263
prior_png_y=97
codes_png_y=125
# The foot of the left column, where notices stand.
notices='250x170+4+660'

work=$(mktemp -d)
program=
server=
finish() {
    status=$?
    [[ -z $program ]] || kill -9 "$program" 2>/dev/null || true
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    if ((status != 0)) && [[ -s $work/stderr ]]; then
        echo '--- what the program said'
        head -50 "$work/stderr"
    fi
    rm -rf "$work"
}
trap finish EXIT

say() { printf '%5.1f s  %s\n' "$(since_start)" "$*"; }
fail() {
    say "FAILED: $*" >&2
    if [[ -n $server ]]; then timeout 10 import -window root "$shots/failure.png" || true; fi
    exit 1
}
began=$(date +%s%N)
since_start() { echo "$(($(date +%s%N) - began))" | awk '{ print $1 / 1e9 }'; }
# is EXPRESSION: whether arithmetic on fractions holds.
is() { awk "BEGIN { exit !($*) }"; }
# until_true SECONDS COMMAND…: repeats the command until it succeeds. Limits are for what hangs, not
# for what is slow.
until_true() {
    local limit=$(($(date +%s) + $1))
    shift
    until "$@"; do
        (($(date +%s) < limit)) || return 1
        sleep 0.3
    done
}

shot() { timeout 10 import -window root "$1"; }
# keep NAME [SIZE]: a screenshot for the folder.
keep() {
    shot "$work/keep.png"
    timeout 10 convert "$work/keep.png" -crop "${2:-1440x900}+0+0" +repage "$shots/$1.png"
    not_blank "$shots/$1.png" || fail "$1.png is blank"
    say "$1.png"
}
# A picture with something on it: many colours, and not nearly all pixels alike.
not_blank() {
    local colours deviation
    read -r colours deviation < <(timeout 20 identify -format '%k %[fx:standard_deviation]\n' "$1")
    ((colours > 200)) && is "$deviation > 0.04"
}
cut() { timeout 10 convert "$1" -crop "$2" +repage "$3"; }
# differing A B: how many pixels of two pictures differ.
differing() { timeout 10 compare -metric AE "$1" "$2" null: 2>&1 || true; }
# How far the pictures of P and C are apart, from 0 to 1; coarse, so that a pixel's shift is nothing.
distance() {
    shot "$work/now.png"
    distance_there
}
# The same in the last screenshot.
distance_there() {
    cut "$work/now.png" "$prior" "$work/p.png"
    cut "$work/now.png" "$codes" "$work/c.png"
    timeout 10 convert "$work/p.png" -resize 100x100! "$work/p.png"
    timeout 10 convert "$work/c.png" -resize 100x100! "$work/c.png"
    (timeout 10 compare -metric RMSE "$work/p.png" "$work/c.png" null: 2>&1 || true) | sed 's/.*(\(.*\))/\1/'
}
spread() { timeout 10 identify -format '%[fx:standard_deviation]' "$1"; }
# changes REGION [SECONDS [PIXELS]]: whether something moves there.
changes() {
    shot "$work/first.png"
    sleep "${2:-1}"
    shot "$work/second.png"
    cut "$work/first.png" "$1" "$work/first.png"
    cut "$work/second.png" "$1" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > ${3:-500}))
}
# Whether the toolbar counts on: another figure is a few pixels.
counts() { changes "$status" 1 10; }
# Per cent of a core that the program uses over some seconds.
cpu() {
    local ticks before after
    ticks=$(getconf CLK_TCK)
    before=$(used)
    sleep "$1"
    after=$(used)
    awk "BEGIN { print 100 * ($after - $before) / $ticks / $1 }"
}
used() { sed 's/.*) //' "/proc/$program/stat" | awk '{ print $12 + $13 }'; }
quiet() { is "$(cpu 2) < 2"; }
point() { timeout 10 xdotool mousemove --window "$window" "$1" "$2"; }
# Out of the way, where nothing answers to the pointer.
aside() {
    point $(($1 - 3)) $(($2 - 3))
    sleep 0.3
}
press() {
    point "$1" "$2"
    sleep 0.2
    timeout 10 xdotool mousedown 1 sleep 0.1 mouseup 1
    # A press that the pointer has left in the same frame is none.
    sleep 0.3
}
key() { timeout 10 xdotool key "$1"; }
# drag FROM TO: the knob of λ, in a few moves.
drag() {
    local step
    point "$1" $lambda_y
    sleep 0.1
    timeout 10 xdotool mousedown 1
    for step in 1 2 3 4; do
        point $(($1 + ($2 - $1) * step / 4)) $lambda_y
        sleep 0.05
    done
    sleep 0.3
    timeout 10 xdotool mouseup 1
    # A release and a move in one frame would be a drag to the end of the move.
    sleep 0.3
    aside 1440 900
}
resize() {
    timeout 10 xdotool windowsize "$window" "$1" "$2"
    aside "$1" "$2"
    until_true 60 is_sized "$1" "$2" || fail "the window is not $1×$2"
    sleep 1.5
}
# is_sized WIDTH HEIGHT: whether the window has this size.
is_sized() { timeout 5 xdotool getwindowgeometry "$window" | grep -q "$1x$2"; }
alive() { kill -0 "$program" 2>/dev/null; }

# A home of its own: nothing remembered, nothing left behind.
export HOME=$work/home XDG_DATA_HOME=$work/home/data XDG_CONFIG_HOME=$work/home/config XDG_CACHE_HOME=$work/home/cache
export XDG_RUNTIME_DIR=$work/run LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY DISPLAY
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
cd "$work"

# --- without a display

echo "== $(basename "$binary") without a display"
status=0
timeout 20 "$binary" --window >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
((status == 1)) || fail "--window without a display ended with $status in place of 1"
[[ $(wc -l <"$work/stderr") == 1 ]] || fail '--window without a display says more than a line'
grep -q 'libx11-6.*libgl1' "$work/stderr" || fail '--window does not name the packages it needs'
say '--window is an error that names the packages'

status=0
DISPLAY=:65000 timeout 20 "$binary" --window >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
((status == 1)) || fail "--window on a display that is not there ended with $status in place of 1"
if grep -q panicked "$work/stderr"; then fail 'a display that is not there makes it panic'; fi
say '--window on a display that is not there is one too'

timeout 120 "$binary" --samples 1000 >"$work/stdout" 2>"$work/stderr" </dev/null \
    || fail "the run without a window ended with $?"
grep -c 'No window can be opened' "$work/stderr" | grep -qx 1 || fail 'it does not say that there is no window'
[[ -s dkae-report/report.json && -s dkae-report/prior.npy ]] || fail 'the run without a window left no report'
say 'the bare command runs headless and leaves a report'

# --- with one

echo '== the window'
# The server chooses a free number and writes it to descriptor 3.
Xvfb -displayfd 3 -screen 0 1440x900x24 +extension GLX -nolisten tcp 3>"$work/display" >"$work/xvfb" 2>&1 &
server=$!
until_true 20 test -s "$work/display" || fail 'Xvfb did not start'
DISPLAY=:$(<"$work/display")
export DISPLAY

"$binary" --window >"$work/stdout" 2>"$work/stderr" </dev/null &
program=$!
find_window() {
    window=$(timeout 5 xdotool search --onlyvisible --name 'dkAE Explorer' 2>/dev/null | tail -n 1)
    [[ -n $window ]]
}
until_true 30 find_window || fail 'no window within 30 s'
say 'the window is there'
shown=$(since_start)
after() { awk "BEGIN { printf \"%.1f s\", $(since_start) - $1 }"; }
# The window asks for less than its monitor in its first frame, which a slow machine draws late.
leaves_room() { timeout 5 xdotool getwindowgeometry "$window" | grep -q 1424x832; }
until_true 240 leaves_room || fail 'the first window leaves no room for a title bar'
# Without a window manager nobody else gives the window the keyboard.
timeout 10 xdotool windowfocus "$window"
resize 1440 900

prior_is_there() {
    shot "$work/now.png"
    cut "$work/now.png" "$prior" "$work/p.png"
    is "$(spread "$work/p.png") > 0.1"
}
until_true 240 prior_is_there || fail 'P did not appear'
say "P is on screen $(after "$shown") after the window"
prior_shown=$(since_start)
cp "$work/now.png" "$shots/1-prior-grows.png"

codes_are_there() {
    shot "$work/now.png"
    cut "$work/now.png" "$codes" "$work/c.png"
    is "$(spread "$work/c.png") > 0.1"
}
until_true 240 codes_are_there || fail 'C did not appear'
say "C is on screen $(after "$prior_shown") after P"
first=$(distance_there)
# A first start shows what to look at; Escape ends that.
toured() {
    shot "$work/after.png"
    cut "$work/after.png" "$tour" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 2000))
}
sleep 1
shot "$work/first.png"
cp "$work/first.png" "$shots/tour.png"
cut "$work/first.png" "$tour" "$work/first.png"
key Escape
until_true 20 toured || fail 'the tour of a first start does not end'
say 'the tour ends'
near() { is "$(distance) < ${1}"; }
until_true 240 near "0.9 * $first" || fail "C does not come nearer to P than $first"
key space
say "C comes nearer to P: $first, then $(distance)"
sleep 0.5
until_true 240 quiet || fail 'a paused run does not come to rest'
if changes 1440x900+0+0; then fail 'something moves in a paused run'; fi
keep 2-paused
idle=$(cpu 5)
is "$idle < 2" || fail "a paused window takes $idle % of a core"
say "paused, it takes $idle % of a core"

shot "$work/before.png"
cut "$work/before.png" "$controls" "$work/before.png"
paused=$(distance)
drag $((lambda_0 + (lambda_1 - lambda_0) * 316 / 1000)) $lambda_0
shot "$work/after.png"
cut "$work/after.png" "$controls" "$work/after.png"
(($(differing "$work/before.png" "$work/after.png") > 100)) || fail 'λ cannot be dragged'
until_true 240 changes "$codes" || fail 'λ does not wake a paused run'
far() { ! near "$1"; }
until_true 240 far "1.15 * $paused" || fail 'at λ = 0, C stays where it was'
say "λ = 0: C loses P, from $paused to $(distance)"
lost=$(distance)
keep 3-reconstruct
drag $lambda_0 $lambda_1
until_true 240 near "0.8 * $lost" || fail 'at λ = 1, C does not come back'
say "λ = 1: C finds P again, from $lost to $(distance)"
keep 4-align

over() { ! counts; }
until_true 240 over || fail 'the run does not come to its end'
# The networks of the ladder come by themselves; Compare shows one of them in the place of the run's.
shot "$work/before.png"
cut "$work/before.png" "$on_show" "$work/before.png"
compares() {
    press $compare_x $ladder_y
    aside 1440 900
    shot "$work/after.png"
    cut "$work/after.png" "$on_show" "$work/after.png"
    (($(differing "$work/before.png" "$work/after.png") > 100))
}
until_true 240 compares || fail 'Compare shows no network of the ladder'
keep compare
# The folder beside it has the form of a study stand for the ladder.
press $folder_x $ladder_y
sleep 2
keep ladder-study
press $live_x $theme_y
press $steer_x $ladder_y
press $ladder_off_x $ladder_y
aside 1440 900
say 'the ladder has a network, and ends where it is asked to'

until_true 240 quiet || fail 'a run that is over does not come to rest'
idle=$(cpu 5)
is "$idle < 2" || fail "a window whose run is over takes $idle % of a core"
say "its run over, it takes $idle % of a core"
keep 5-finished-dark

# A run that is over wakes under another λ, stops where it is asked to, and goes on.
drag $lambda_1 $((lambda_0 + (lambda_1 - lambda_0) * 316 / 1000))
until_true 240 counts || fail 'another λ does not wake a run that is over'
press $stop_x $theme_y
aside 1440 900
until_true 240 quiet || fail 'a stopped run does not come to rest'
if changes 1440x900+0+0; then fail 'something moves in a stopped run'; fi
keep stopped
press $go_x $theme_y
aside 1440 900
until_true 240 counts || fail 'a stopped run does not go on'
# By itself it rests when its loss has settled, which takes a slow machine long.
press $stop_x $theme_y
aside 1440 900
until_true 240 quiet || fail 'a run that went on and was stopped does not come to rest'
say 'λ wakes it, Stop stops it, ▶ sends it on'

# A click into C says what is behind the cell, another one takes that away; classes stand in the images' place.
shot "$work/before.png"
cut "$work/before.png" "$side" "$work/first.png"
told() {
    shot "$work/after.png"
    cut "$work/after.png" "$side" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 2000))
}
press $cell_x $cell_y
aside 1440 900
until_true 20 told || fail 'a click into C says nothing'
keep cell
sleep 0.5
press $cell_x $cell_y
aside 1440 900
untold() { ! told; }
until_true 20 untold || fail 'a second click does not take the cell away'
cut "$work/before.png" "$prior" "$work/first.png"
by_class() {
    shot "$work/after.png"
    cut "$work/after.png" "$prior" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 20000))
}
press $order_x $order_y
sleep 0.7
press $means_x $means_y
aside 1440 900
until_true 20 by_class || fail 'the menu over P shows no class means'
keep class-means
press $cell_x $cell_y
aside 1440 900
sleep 1
# A double click shows everything again.
point $((cell_x + 20)) $((cell_y + 20))
sleep 0.2
timeout 10 xdotool click --repeat 2 --delay 80 1
aside 1440 900
by_image() { ! by_class; }
until_true 20 by_image || fail 'a cell of class means does not lead back to the images'
say 'a cell explains itself, and classes stand in the place of images'

# Inside: each tab shows something of its own, and what is drawn is answered.
press $inside_x $theme_y
sleep 2
keep inside-map
shown_tab=$shots/inside-map.png
tab() {
    press "$1" $tabs_y
    aside 1440 900
    sleep "${3:-3}"
    keep "$2"
    cut "$shown_tab" "$inside" "$work/first.png"
    cut "$shots/$2.png" "$inside" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 5000)) || fail "the tab $2 shows nothing of its own"
    shown_tab=$shots/$2.png
}
tab $units_x inside-units
tab $prior_tab_x inside-prior
tab $pull_x inside-pull
tab $draw_x inside-draw 1
point 340 150
timeout 10 xdotool mousedown 1
for place in '400 140' '460 160' '450 210' '410 225' '470 250' '470 300' '420 325' '350 310'; do
    point $place
    sleep 0.05
done
sleep 0.3
timeout 10 xdotool mouseup 1
aside 1440 900
cut "$shots/inside-draw.png" '840x500+580+95' "$work/first.png"
answered() {
    shot "$work/after.png"
    cut "$work/after.png" '840x500+580+95' "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 20000))
}
until_true 60 answered || fail 'a stroke is not answered'
sleep 3
keep inside-drawn
press $live_x $theme_y
aside 1440 900
say 'inside: five tabs, and a drawing is answered'

# Two pictures saved, one after the other, without a look at the notices.
shot "$work/before.png"
save() {
    press $((1440 - save_right)) $theme_y
    sleep 0.7
    press $((1440 - png_right)) "$1"
    until_true 10 compgen -G "$2" >"$work/saved" || fail "$2 was not saved"
    sleep 0.5
}
save $prior_png_y "dkae-export/prior-*.png"
save $codes_png_y "dkae-export/codes-*.png"
aside 1440 900
sleep 0.5
# One picture for all of it: a note has gone before a slow machine has taken the next.
keep 6-notices
cp "$shots/6-notices.png" "$work/after.png"
for place in "$prior" "$codes"; do
    cut "$work/before.png" "$place" "$work/first.png"
    cut "$work/after.png" "$place" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") < 50)) || fail 'a notice covers a kernel'
done
cut "$work/before.png" "$notices" "$work/first.png"
noted() {
    cut "$work/after.png" "$notices" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 500))
}
noticed() {
    shot "$work/after.png"
    noted
}
noted || fail 'nothing says that pictures were saved'
unnoticed() { ! noticed; }
until_true 15 unnoticed || fail 'what says that pictures were saved does not go'
say 'two pictures saved: small notes, gone after a while'

# P pins what is on show in a strip below, B goes to it and back, ✕ takes it away.
shot "$work/before.png"
cut "$work/before.png" "$strip" "$work/first.png"
pinned() {
    shot "$work/after.png"
    cut "$work/after.png" "$strip" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 2000))
}
key p
until_true 30 pinned || fail 'P pins nothing'
sleep 1
shot "$work/after.png"
cut "$work/after.png" "$on_show" "$work/first.png"
key b
blinked() {
    shot "$work/after.png"
    cut "$work/after.png" "$on_show" "$work/second.png"
    (($(differing "$work/first.png" "$work/second.png") > 100))
}
until_true 30 blinked || fail 'B does not show the pin'
keep pinned
key b
press $unpin_x $unpin_y
aside 1440 900
cut "$work/before.png" "$strip" "$work/first.png"
unpinned() { ! pinned; }
until_true 30 unpinned || fail 'a pin cannot be taken away'
say 'a pin comes, blinks and goes'

key question
sleep 1
keep keys
key Escape
sleep 0.5
key F1
sleep 1
keep 7-help
key Escape
sleep 0.5
resize 1100 700
keep 8-small-dark 1100x700
press $((1100 - theme_right)) $theme_y
aside 1100 700
sleep 1
keep 9-small-light 1100x700
dark=$(identify -format '%[fx:mean]' "$shots/8-small-dark.png")
light=$(identify -format '%[fx:mean]' "$shots/9-small-light.png")
is "$light > $dark + 0.2" || fail 'the theme button does not change the theme'
resize 1440 900
keep 10-finished-light
alive || fail 'the program is gone'

kill -TERM "$program"
gone() { ! alive; }
until_true 5 gone || fail 'it is still there 5 s after SIGTERM'
status=0
wait "$program" || status=$?
program=
((status == 0 || status == 143)) || fail "SIGTERM made it end with $status"
if grep -qi 'panicked' "$work/stderr"; then fail 'something panicked'; fi
say 'it ends on SIGTERM'

# --- the next start

kept=$XDG_DATA_HOME/dkae-explorer/sessions
[[ -s $kept/window-1.dkae ]] || fail 'it keeps no session for the next start'
"$binary" --window >"$work/stdout" 2>"$work/stderr" </dev/null &
program=$!
until_true 60 find_window || fail 'no window within 60 s at the next start'
[[ -s $kept/ended-1-1.dkae ]] || fail 'the session before it is not set aside'
timeout 10 xdotool windowfocus "$window"
resize 1440 900
until_true 120 codes_are_there || fail 'C did not appear at the next start'
keep 11-offer-light
kill -9 "$program"
until_true 5 gone || fail 'it is still there 5 s after SIGKILL'
wait "$program" 2>/dev/null || true
program=
[[ -s $kept/ended-1-1.dkae ]] || fail 'what was offered is gone though nobody answered'
say 'the next start keeps what was left until somebody answers'

# --- what it touches

# calls_of NAME…: the lines of those calls, without what did not succeed.
calls_of() {
    local names
    names=$(IFS='|' && echo "$*")
    grep -E "^[0-9]+ +($names)\(" "$work/calls" | grep -v ' = -1 ' || true
}
if strace -qq -e trace=none true 2>/dev/null; then
    echo '== the window, under strace'
    mkdir "$work/traced"
    cd "$work/traced"
    # Nothing remembered, nothing offered.
    rm -rf "$XDG_DATA_HOME"
    # With -D it is the program that has our number, not strace.
    strace -D -f -qq -s 4096 --seccomp-bpf -o "$work/calls" \
        -e trace=socket,connect,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat \
        "$binary" --window >"$work/stdout" 2>"$work/stderr" </dev/null &
    program=$!
    until_true 60 find_window || fail 'no window within 60 s under strace'
    until_true 240 leaves_room || fail 'the window under strace leaves no room for a title bar'
    timeout 10 xdotool windowfocus "$window"
    resize 1440 900
    until_true 120 prior_is_there || fail 'P did not appear under strace'
    save $prior_png_y 'dkae-export/prior-*.png'
    kill -TERM "$program"
    until_true 10 gone || fail 'it is still there 10 s after SIGTERM'
    wait "$program" 2>/dev/null || true
    program=
    cd "$work"
    grep -q 'prior-.*png' "$work/calls" || fail 'strace did not see the picture being saved'
    # The display, and the desktop's buses.
    if calls_of socket | grep -vE 'AF_UNIX|AF_LOCAL'; then fail 'a socket that is none of the desktop'; fi
    if calls_of connect | grep -vE '/tmp/\.X11-unix/|/bus"|/run/dbus/|at-spi'; then fail 'it speaks to somebody else'; fi
    # Its memory, the driver's cache and what was asked for; nothing in /dev, /proc and /sys is a file.
    # The path of a line that is there afterwards is its last.
    strays=$(calls_of open openat creat mkdir mkdirat rename renameat renameat2 unlink unlinkat link linkat symlink symlinkat \
        | grep -E 'O_WRONLY|O_RDWR|O_CREAT| (creat|mkdir|rename|unlink|link|symlink)' \
        | sed -E 's/.*"([^"]*)"[^"]*$/\1/' | sort -u \
        | grep -vE "^(/dev/|/proc/|/sys/|$HOME/|$XDG_RUNTIME_DIR/|dkae-export|$work/traced/dkae-export)" || true)
    [[ -z $strays ]] || fail "it writes elsewhere: $strays"
    say 'it opens no socket but the display, and writes nowhere but where it says'
fi
echo "== the window is as it should be; pictures in $shots"
