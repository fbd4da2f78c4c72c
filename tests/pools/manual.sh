#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The manual pages and the completion: without a warning, and whole: every command
# and option that levelctl's help knows is in both.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

pages=$(cd "$top/userspace" && echo levelctl*.8)
quiet() { "$@" > lint 2>&1; [ ! -s lint ] || { cat lint > err; false; }; }
man_page() { { man --warnings -E UTF-8 -l -Tutf8 -Z "$1" > /dev/null; } 2>&1; }
: > err
for page in $pages; do
	if command -v man > /dev/null; then
		is "man has no warning about $page" quiet man_page "$top/userspace/$page"
	else
		skip "man has no warning about $page" "no man"
	fi
	if command -v mandoc > /dev/null; then
		# A date would be that of the last build; "see levelctl(8)" is for those who install it.
		is "mandoc has no warning about $page" quiet mandoc -T lint -W warning "$top/userspace/$page"
	else
		skip "mandoc has no warning about $page" "no mandoc"
	fi
done
printf '.TH X 8\n.SH NAME\nx \\- y\n.frob\n.TP\n' > broken.8
is "... of which a broken page has some" [ -n "$(man_page broken.8)" ]

make -s -C "$top/userspace" install DESTDIR="$tmp/root" PREFIX=/usr > install.log 2>&1
is "make install installs them all" [ "$(cd root/usr/share/man/man8 && echo *)" = "$pages" ]

# The commands: "  levelctl NOUN [VERB] ARGUMENTS", as help prints them.
"$LEVELCTL" help 2> err | sed -n 's/^  levelctl //p' > commands
plain() { sed 's/\\f[A-Z]//g; s/\\//g; s/"//g; s/^\.[A-Z]* //; s/ \+/ /g' "$top"/userspace/levelctl*.8; }
plain > manual
mapfile -t nouns < <(cut -d ' ' -f 1 commands | sort -u)
# shellcheck source=/dev/null
. "$top/userspace/levelctl.bash-completion"

# complete WORD...: what bash offers behind these, of which the last may be empty
complete_words()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_levelctl
	printf '%s\n' "${COMPREPLY[@]}"
}
while read -r noun verb rest; do
	case $verb in
	[a-z]*) ;;
	*) rest="$verb $rest" verb='' ;;
	esac
	is "the manual has ${verb:+$noun }${verb:-$noun}" grep -qE "^(levelctl )?${noun}${verb:+ $verb}\b" manual
	is "completion has ${verb:+$noun }${verb:-$noun}" grep -qx -- "${verb:-$noun}" \
		<(complete_words levelctl ${verb:+"$noun"} '')
	# One example of a wrong answer is enough: options are exact words.
	for option in $(grep -oE -- '(^|[ [])-[-a-z]+' <<< "$rest" | tr -d ' ['); do
		[ "$option" != -- ] || continue
		is "the manual has $option of $noun${verb:+ $verb}" grep -qE -- "(^|[^-a-z])$option([^-a-z]|\$)" manual
		is "completion has $option of $noun${verb:+ $verb}" grep -qx -- "$option" \
			<(complete_words levelctl "$noun" ${verb:+"$verb"} -)
	done
done < commands
is "... and of these there are some" [ "${#nouns[@]}" -gt 5 ]

# What stands behind an option is no file, where files are there to be taken.
host dump host-a ''
is "completion has files where one belongs" grep -qx dump.json <(complete_words levelctl pool compute -o '')
for option in --vendor --missing-on --identity --name --level --method; do
	is "... and none behind $option" [ -z "$(complete_words levelctl pool compute $option '' | grep -x dump.json)" ]
done
is "completion has all for --missing-on" [ "$(complete_words levelctl pool compute --missing-on '')" = all ]
run pool compute --vendor none dump.json
mapfile -t vendors < <(complete_words levelctl pool compute --vendor '')
list=$(printf '%s, ' "${vendors[@]:0:4}")
is "completion has the vendors that pool compute takes" \
	grep -qF -- "--vendor is ${list%, } or ${vendors[4]-}," err
exit "$failed"
