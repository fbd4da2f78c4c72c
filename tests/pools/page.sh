#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The page of pool matrix --html, in headless Chromium: what is in it, what it does,
# and that it fetches nothing. The pages stay in build/check/pages, to be looked at.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

not_in() { ! grep -qE "$2" "$1"; }

host a1 host-a ''
host a2 host-a ''
host b1 host-b ''
host c1 host-b 's/0x20000300/0x20000200/'
host intel host-intel ''
sed 's|"name": "[^"]*"|"name": "<img src=x onerror=alert(1)>\&\\"'\''"|' "$fixtures/host-b.json" > evil.json

run pool matrix --html page.html --title 'Rack <12>' a1.json a2.json b1.json c1.json intel.json
is "a page is written" [ "$rc" = 0 ] && is "... and nothing else" [ ! -s out ]
is "it is one file that names no other" not_in page.html 'https?:|src=|@import|url\('
allowed "a page on standard output" '<!doctype html>' pool matrix --html - a1.json
refused 1 "a page that can't be written" 'none/page.html: No such file' pool matrix --html none/page.html a1.json
run pool matrix --html evil.html --title '</title><script>alert(1)</script>' evil.json a1.json

browser=$(command -v chromium || command -v chromium-browser) || {
	skip "pages in a browser" "no chromium: tests/deps installs it"
	exit "$failed"
}

# browse FILE: its DOM into dom, the console into console, requests into net
browse()
{
	# A browser with a home of its own, that keeps to itself.
	HOME=$tmp timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$tmp/chromium" --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --disable-default-apps --disable-extensions \
		--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' \
		--enable-logging=stderr --log-level=0 --log-net-log="$tmp/net" \
		--window-size=1400,900 --dump-dom "file://$PWD/$1" > dom 2> browser.err
	grep 'CONSOLE' browser.err > console
}

# try NAME SCRIPT: page.html with this script at its end, what it returns into $result
try()
{
	{ cat page.html; printf '<script>document.body.dataset.result = (function () { %s })();</script>' "$1"; } > try.html
	browse try.html
	result=$(sed -n 's/.*data-result="\([^"]*\)".*/\1/p' dom | head -n 1)
}

shown() { python3 - "$@" <<'PY'
import html.parser, sys

class Page(html.parser.HTMLParser):
	def __init__(self):
		super().__init__()
		self.tags, self.text = [], ""
	def handle_starttag(self, tag, attrs):
		self.tags.append((tag, dict(attrs)))
	def handle_data(self, data):
		self.text += data

page = Page()
page.feed(open("dom").read())
count = lambda tag, cls: sum(t == tag and cls in (a.get("class") or "").split() for t, a in page.tags)
tags = [t for t, a in page.tags]
sys.exit(0 if eval(sys.argv[1]) else 1)
PY
}

browse page.html
is "the browser shows the page" shown '"Rack <12>" in page.text'
is "... a section for each vendor" shown 'tags.count("section") == 2'
is "... a matrix where hosts differ" shown 'count("table", "matrix") == 1'
is "... with a cell for each kind and feature" shown 'count("td", "y") + count("td", "o") + count("td", "a") == 3 * 2'
is "... the only one that lacks a feature stands out" shown 'count("td", "a") == 1'
is "... what a host costs is said" shown '"Without c1 the pool would have 1 feature more: bmi2" in " ".join(page.text.split())'
is "... features tell their leaf and bit" shown 'any(a.get("data-where") == "0x7.0:ebx[5]" for t, a in page.tags)'
is "... and how many lose them" shown 'any(a.get("data-lost") == "2 of 4" and a.get("data-missing") == "c1, b1" for t, a in page.tags)'
is "the console has nothing to say" [ ! -s console ]
# What a page asks for has its origin; what the browser asks for by itself is not ours.
foreign() { grep -E '"initiator":"(null|file:)' net | grep -oE '"url":"(http|ws|ftp)[^"]{0,60}' | sort -u; }
is "nothing is fetched" [ -z "$(foreign)" ]

# The same two, able to fail.
try 'console.error("on purpose"); return 1;'
is "... a console that had would be heard" grep -q 'on purpose' console
sed 's/<meta http-equiv[^>]*>//; s|</main>|<img src="http://127.0.0.1:9/x.png"></main>|' page.html > fetches.html
browse fetches.html
is "... a fetch would be seen" [ -n "$(foreign)" ]
sed 's|</main>|<img src="http://127.0.0.1:9/x.png"></main>|' page.html > refuses.html
browse refuses.html
is "... and the page's own policy refuses it" grep -q 'Content Security Policy' console

# What can be done with it: one cell is in the order of Tab, arrows go on from there.
key="const cell = document.querySelector('.matrix td[tabindex]'); const press = (c, k) =>
	c.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true })); const about = () =>
	document.getElementById('about');"
try "$key return document.querySelectorAll('.matrix td[tabindex]').length;"
is "one cell is in the order of Tab" [ "$result" = 1 ]
try "$key const before = about().hidden; cell.dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); return before + '|' + about().hidden + '|' + about().textContent;"
is "pointing at a cell tells name, place and who loses" [ "$result" = 'true|false|bmi2 (0x7.0:ebx[8]): c1 lacks it. The pool loses it on 3 of 4 hosts; missing on c1.' ] || echo "# $result"
try "$key press(cell, 'ArrowDown'); press(document.querySelector('.matrix td[tabindex]'), 'ArrowRight'); return about().textContent;"
is "arrows go from cell to cell" [ "$result" = 'avx2 (0x7.0:ebx[5]): b1 lacks it. The pool loses it on 2 of 4 hosts; missing on c1, b1.' ] || echo "# $result"
try "$key press(cell, 'ArrowDown'); press(document.querySelector('.matrix td[tabindex]'), 'End'); return document.querySelectorAll('.matrix td[tabindex]').length;"
is "... and still one is in the order of Tab" [ "$result" = 1 ]
try "$key press(cell, 'ArrowRight'); press(cell, 'Escape'); return about().hidden;"
is "Escape takes the line away" [ "$result" = true ]
try "return getComputedStyle(document.querySelector('.matrix thead th')).position + ' ' + getComputedStyle(document.querySelector('.matrix tbody tr:not(.gen) th')).position;"
is "heads of rows and columns stay in sight" [ "$result" = 'sticky sticky' ]
try "return document.documentElement.scrollWidth <= innerWidth;"
is "the page is no wider than the window" [ "$result" = true ]

browse evil.html
is "a name is only text" shown '"img" not in tags and tags.count("script") == 1'
is "... and is there" shown '"<img src=x onerror=alert(1)>&\"'\''" in page.text'
is "... and runs nothing" [ ! -s console ]

# --- a thousand hosts ---
# How many dumps there are: so far behind each host stands its like.
dumps=$(python3 - "$hosts" <<'PY'
import glob, json, sys
files = [f for f in sorted(glob.glob(sys.argv[1] + "/*.json")) if "AMD" in f or "EPYC" in f]
with open("fleet.jsonl", "w") as out:
	for i in range(1000):
		h = json.load(open(files[i * 7 % len(files)]))
		h["name"] = f"host-{i:04}"
		out.write(json.dumps(h) + "\n")
print(len(files))
PY
)
run pool matrix --html fleet.html fleet.jsonl
is "a page of a thousand hosts is written" [ "$rc" = 0 ]
rows=$(grep -c '^<tr><th scope=row title' fleet.html)
run pool matrix --json fleet.jsonl
json "a thousand hosts: equal ones are of one kind" "(lambda kind: len(kind) == 1000 and
	all(kind[i] == kind[i % ${dumps:-0}] for i in kind))({int(h[5:]): k['kind']
	for k in d['vendors'][0]['kinds'] for h in k['hosts']})"
json "... and those of one kind share a row" "len(d['vendors'][0]['kinds']) == $rows > 1"
browse fleet.html
is "... and the page is shown" shown '"1000 hosts" in page.text and count("table", "matrix") == 1'
is "... without a complaint" [ ! -s console ]
mkdir -p "$top/build/check/pages" && cp ./page.html "$top/build/check/pages/"
cp fleet.html "$top/build/check/pages/"
exit "$failed"
