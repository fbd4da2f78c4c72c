# SPDX-License-Identifier: GPL-2.0
"""pool compute and its files: fleets, directories, bad lines, warnings, vendors."""
import json
import os
import re
import subprocess

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "levelctl", "fixtures")
SANITIZER = re.compile("Sanitizer|runtime error")


class Files:
    def __init__(self, path, tmp, judge):
        self.path, self.tmp, self.judge = path, tmp, judge
        self.base = json.load(open(os.path.join(FIXTURES, "host-a.json"), encoding="utf-8"))

    # --- a host's words ---------------------------------------------------------
    def host(self, name, **words):
        """The fixture under another name; words: "7.0.ebx": "0x...", None takes a leaf."""
        h = json.loads(json.dumps(self.base))
        h["name"] = name
        for place, value in words.items():
            leaf, sub, reg = place.split(".")
            rows = [r for r in h["cpuid"] if (int(r["leaf"], 16), int(r["subleaf"], 16)) ==
                    (int(leaf, 16), int(sub))]
            if value is None:
                h["cpuid"].remove(rows[0])
                continue
            if not rows:
                rows = [dict(leaf="0x%08x" % int(leaf, 16), subleaf="0x%08x" % int(sub),
                             eax="0x00000000", ebx="0x00000000", ecx="0x00000000",
                             edx="0x00000000")]
                h["cpuid"] += rows
            rows[0][reg] = "0x%08x" % value
        h["cpuid"].sort(key=lambda r: (r["leaf"], r["subleaf"]))
        return h

    def word(self, place):
        leaf, sub, reg = place.split(".")
        return next(int(r[reg], 16) for r in self.base["cpuid"]
                    if (int(r["leaf"], 16), int(r["subleaf"], 16)) == (int(leaf, 16), int(sub)))

    def write(self, name, text):
        path = os.path.join(self.tmp, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def fleet(self, name, hosts):
        return self.write(name, "".join(json.dumps(h) + "\n" for h in hosts))

    def many(self, number):
        """Hosts that differ in this and that; more than one window of the tight build."""
        ebx = self.word("7.0.ebx")
        return [self.host("host-%d" % i, **{"7.0.ebx": ebx & ~(1 << (5, 8, 9, 29)[i % 4])})
                for i in range(number)]

    def all_different(self, number):
        """Lines of so many hosts, up to 4096, no two of which give the same features."""
        ebx, ecx = self.word("7.0.ebx") & ~0x20000320, self.word("1.0.ecx") & ~0x00402202
        for i in range(number):
            bits = [i >> n & 1 for n in range(12)]
            more = sum(b << n for b, n in zip(bits, (3, 5, 8, 9, 18, 19, 20, 29)))
            other = sum(b << n for b, n in zip(bits[8:], (1, 9, 13, 22)))
            yield json.dumps(self.host("host-%d" % i, **{
                "7.0.ebx": ebx | more, "1.0.ecx": ecx & ~(1 << 13) | other}))

    # --- running ----------------------------------------------------------------
    def run(self, *args, stdin="", cpu=None):
        def pin():
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})
        return subprocess.run([self.path, "pool", "compute", *args], input=stdin, text=True,
                              capture_output=True, check=False, preexec_fn=pin)

    def allowed(self, name, *args, has="", said="", silent="", stdin="", like=None):
        r = self.run(*args, stdin=stdin)
        why = None
        if r.returncode or SANITIZER.search(r.stderr):
            why = "exit %d: %s" % (r.returncode, r.stderr[:300])
        elif like is not None and r.stdout != like:
            why = "it prints something else"
        elif not re.search(has, r.stdout):
            why = "stdout lacks %s" % has
        elif not re.search(said, r.stderr):
            why = "stderr lacks %s: %s" % (said, r.stderr[:300])
        elif silent and re.search(silent, r.stderr):
            why = "stderr has %s" % silent
        self.judge(name, why)
        return r.stdout

    def refused(self, name, said, *args, code=1, stdin="", once=False):
        out = os.path.join(self.tmp, "out.json")
        r = self.run(*args, "-o", out, stdin=stdin)
        why = None
        if r.returncode != code or SANITIZER.search(r.stderr):
            why = "exit %d: %s" % (r.returncode, r.stderr[:300])
        elif not re.search(said, r.stderr):
            why = "stderr lacks %s: %s" % (said, r.stderr[:300])
        elif once and r.stderr.count("levelctl: ") != 1:
            why = "more than one complaint: %s" % r.stderr[:300]
        elif r.stdout or os.path.exists(out):
            why = "refused, but something was written"
        self.judge(name, why)

    # --- what is tested ---------------------------------------------------------
    def fleets(self):
        hosts = self.many(40)
        fleet = self.fleet("fleet.jsonl", hosts)
        single = [self.write("single/%02d.json" % i, json.dumps(h, indent=1))
                  for i, h in enumerate(hosts)]
        told = self.allowed("a_fleet_is_computed", fleet, has='"avx2", "missing_on": \\["host-0", "host-4"')
        self.allowed("a_fleet_is_the_same_as_its_hosts", *single, like=told)
        self.allowed("a_directory_is_the_same_as_its_hosts", os.path.dirname(single[0]), like=told)
        self.allowed("a_fleet_on_standard_input", "-", stdin=open(fleet, encoding="utf-8").read(),
                     like=told)
        self.allowed("hosts_on_standard_input_that_are_not_one_a_line", "-",
                     stdin="\n".join(json.dumps(h, indent=1) for h in hosts), like=told)
        pretty = [json.dumps(h, indent=1) for h in hosts]
        lines = [json.dumps(h) for h in hosts]
        for name, values in (
                ("one_a_line_and_then_not", lines[:20] + pretty[20:]),
                ("not_one_a_line_and_then_so", pretty[:20] + lines[20:]),
                ("by_turns_one_a_line", [(lines, pretty)[i % 2][i] for i in range(40)])):
            path = self.write("turns.jsonl", "\n".join(values))
            self.allowed("hosts_" + name, path, like=told)
            self.allowed("hosts_%s_on_standard_input" % name, "-", stdin="\n".join(values),
                         like=told)
        self.allowed("hosts_one_a_line_and_then_two", self.write("two.jsonl", "\n".join(
            lines[:20] + [" ".join(lines[20:22]) + pretty[22]] + pretty[23:])), like=told)
        self.refused("hosts_one_a_line_and_then_not_json", "turns.jsonl:26: not JSON", self.write(
            "turns.jsonl", "\n".join(lines[:20] + [pretty[20].replace(
                '"family": 25,', '"family": 25')] + pretty[21:])), once=True)
        self.refused("hosts_one_a_line_and_then_half_a_one", "turns.jsonl:[0-9]+: not JSON: the text",
                     self.write("turns.jsonl", "\n".join(lines[:20] + pretty[20:])[:-40]), once=True)
        cpu = min(os.sched_getaffinity(0))
        alone = self.run(fleet, cpu=cpu)
        self.judge("one_thread_gives_what_several_give",
                   None if alone.stdout == told else "it differs: %s" % alone.stderr[:200])
        for name, change in (
                ("keys_in_another_order", lambda t: json.dumps(json.loads(t), sort_keys=True)),
                ("no_spaces", lambda t: json.dumps(json.loads(t), separators=(",", ":"))),
                ("more_spaces", lambda t: t.replace(", ", " ,\t ").replace(": ", "  :  ")),
                ("capital_digits", lambda t: re.sub(r'"0x([0-9a-f]{8})"',
                                                    lambda m: '"0X%s"' % m[1].upper(), t)),
                ("leading_zeroes", lambda t: t.replace('"0x', '"0x000')),
                ("no_subleaf_where_it_is_0", lambda t: t.replace('"subleaf": "0x00000000", ', "")),
                ("escapes_in_keys", lambda t: t.replace('"leaf"', '"\\u006ceaf"')),
                ("carriage_returns", lambda t: t + "\r"),
                ("empty_lines", lambda t: "\n  \n" + t)):
            lines = open(fleet, encoding="utf-8").read().splitlines()
            path = self.write("other.jsonl", "".join(change(t) + "\n" for t in lines))
            self.allowed("a_fleet_with_" + name, path, like=told)
            # The same in the midst of lines that are as usual.
            mixed = [change(t) if i % 3 else t for i, t in enumerate(lines)]
            self.allowed("a_fleet_partly_with_" + name,
                         self.write("mixed.jsonl", "\n".join(mixed)), like=told)

    def directories(self):
        a = json.dumps(self.host("a"))
        self.write("dir/a.json", a)
        self.write("dir/.hidden", "no dump")
        self.allowed("a_hidden_file_in_a_directory_is_passed_over", self.tmp + "/dir",
                     has='"lost": \\[\\]')
        self.write("dir/notes.txt", "no dump")
        self.refused("a_stray_file_in_a_directory", "dir/notes.txt: neither", self.tmp + "/dir")
        self.write("deep/more/a.json", a)
        self.refused("a_directory_in_a_directory", "deep/more: a directory", self.tmp + "/deep")
        os.makedirs(self.tmp + "/none", exist_ok=True)
        self.refused("an_empty_directory", "none: there is no", self.tmp + "/none")

    def bad_lines(self):
        lines = [json.dumps(h) for h in self.many(60)]

        def bad(name, line, said):
            """As line 31 of 60."""
            text = lines[:30] + [line] + lines[31:]
            data = b"\n".join(t if isinstance(t, bytes) else t.encode() for t in text)
            self.refused(name, "bad.jsonl:31: " + said, self.write("bad.jsonl", data), once=True)

        good = lines[30]
        bad("a_truncated_line", good[:700], "")
        bad("a_line_without_its_end", good[:-1], "not JSON: the text ends too early")
        bad("two_lines_in_one", good + good[:-1], "not JSON")
        bad("a_number_out_of_range_in_a_line", good.replace('"eax": "0x', '"eax": "0x1', 1),
            '"eax": 0x1[0-9a-f]+ has bits beyond bit 31')
        bad("a_word_that_is_no_number", good.replace('"ebx": "0x', '"ebx": "0xg', 1), '"ebx"')
        bad("a_family_out_of_range", re.sub('"family": 25', '"family": 4294967296', good),
            '"family" must be')
        row = re.search(r'\{"leaf": "0x00000007"[^}]*\}, ', good)[0]
        bad("a_leaf_twice_in_a_line", good.replace(row, row + row), "CPUID 0x7.0 stands twice")
        bad("an_unknown_key_in_a_line", good.replace('"name"', '"nome"'), 'unknown key "nome"')
        bad("an_unknown_key_in_a_row", good.replace('"ecx"', '"efx"', 1), 'unknown key "efx"')
        bad("a_key_twice_in_a_line", good.replace('"name"', '"name": "x", "name"'),
            'key "name" stands twice')
        bad("a_line_without_cpuid", '{"name": "x"}', 'the host dump has no "cpuid"')
        bad("cpuid_in_a_name_only", '{"name": "\\"cpuid\\": [{", "vendor": "AuthenticAMD"}',
            'the host dump has no "cpuid"')
        bad("cpuid_twice", good[:-1] + ', "cpuid": []}', 'key "cpuid" stands twice')
        bad("something_between_rows", good.replace('}, {"leaf"', '},x{"leaf"', 1), "not JSON")
        bad("a_comma_before_the_bracket", good.replace('}], "msr"', '},], "msr"'), "not JSON")
        bad("a_nul_byte_in_a_line", good.encode().replace(b'"name"', b'"na\0me"'), "a NUL byte")
        bad("text_that_is_not_utf_8", good.encode().replace(b'host-30', b'host-\xff'), "not JSON")
        bad("a_name_too_long", good.replace("host-30", "h" * 256), '"name" is longer')
        bad("a_name_of_10_MB", good.replace("host-30", "h" * 10000000), '"name" is longer')
        bad("a_value_that_is_no_host", "[1, 2]", "a host dump is a JSON object")
        first = lines[:5] + ["{"] + lines[5:50] + ["{"] + lines[50:]
        self.refused("of_two_bad_lines_the_first_is_told", "two.jsonl:6: ",
                     self.write("two.jsonl", "\n".join(first)), once=True)
        self.allowed("a_line_of_10_MB", self.write("long.jsonl", "\n".join(
            lines[:30] + [good.replace("{", "{" + " " * 10000000, 1)] + lines[31:])),
            like=self.run(self.write("short.jsonl", "\n".join(lines))).stdout)
        self.refused("a_fleet_that_was_cut", "cut.jsonl:60: ",
                     self.write("cut.jsonl", "\n".join(lines)[:-40]), once=True)
        self.refused("an_empty_pool", "there is nothing in it", self.write("empty.jsonl", ""))
        self.refused("a_pool_of_empty_lines", "there is nothing in it",
                     self.write("blank.jsonl", "\n \n\n"))

    def msrs(self):
        """MSRs of hosts one a line: read as text where all rows look alike."""
        edx = self.word("7.0.edx") | 1 << 29
        rows = [{"index": "0x%08x" % i, "value": "0x%016x" % v} for i, v in (
            (0x10a, 0x123456_0000000b), (0x122, 0), (0x345, 0x2000), (0x480, 1),
            (0x48b, 0x7f_00000000), (0xc0011029, 2))]
        hosts = [dict(h, msr=json.loads(json.dumps(rows)))
                 for h in (self.host("m%d" % i, **{"7.0.edx": edx}) for i in range(40))]
        for h in hosts[10:30:3]:
            h["msr"][0]["value"] = "0x%016x" % 0x9
        fleet = self.fleet("msrs.jsonl", hosts)
        told = self.allowed("bits_of_an_msr_that_some_lack_are_lost", fleet,
                            has='"feature": "ibrs-all", "missing_on": \\["m10", "m13"')
        self.allowed("msrs_are_the_same_as_of_single_hosts", *[
            self.write("msr/%02d.json" % i, json.dumps(h, indent=1)) for i, h in enumerate(hosts)],
            like=told)
        lines = [json.dumps(h) for h in hosts]
        for name, change in (
                ("in_another_order", lambda t: json.dumps(dict(json.loads(t), msr=rows[::-1]))),
                ("with_short_values", lambda t: t.replace('"0x00000000000', '"0x')),
                ("of_capital_letters", lambda t: t.replace("b\"}", "B\"}")),
                ("before_cpuid", lambda t: json.dumps(
                    {k: json.loads(t)[k] for k in ("schema", "name", "vendor", "family", "model",
                                                   "stepping", "source", "msr", "cpuid")}))):
            other = [change(t) if i % 2 and not 10 <= i < 30 else t for i, t in enumerate(lines)]
            self.allowed("a_fleet_partly_with_msrs_" + name,
                         self.write("other.jsonl", "\n".join(other)), like=told)

        # As long as the row of the host before, with its digits a place to the left.
        told = None
        for i, h in enumerate(hosts):
            h["msr"] = json.loads(json.dumps(rows))
            h["msr"][0]["value"] = "0x%016x" % (0 if i % 2 else 8)
        look = [json.dumps(h) for h in hosts]
        for name, change in (("of_one_look", lambda t: t), ("of_two_looks", lambda t: re.sub(
                r'"value": ("0x[0-9a-f]{16}")}', r'"value":\1 }', t))):
            told = self.allowed("msrs_%s_are_each_host_s_own" % name, self.write(
                "look.jsonl", "\n".join(change(t) if i % 2 else t for i, t in enumerate(look))),
                has='"feature": "skip-l1dfl-vmentry", "missing_on": \\["m1", "m3"', like=told)

        def bad(name, line, said):
            self.refused(name, "bad.jsonl:36: " + said, self.write("bad.jsonl", "\n".join(
                lines[:35] + [line] + lines[36:])), once=True)

        good = lines[35]
        bad("an_msr_twice", good.replace("0x00000122", "0x0000010a"), "MSR 0x10a stands twice")
        bad("an_msr_with_a_value_that_is_no_number", good.replace('"0x00123456', '"0x0012345g'),
            '"value"')
        bad("an_msr_with_an_index_out_of_range", good.replace('"0x00000345"', '"0x100000345"'),
            '"index"')
        bad("msrs_twice", good[:-1] + ', "msr": []}', 'key "msr" stands twice')
        bad("msrs_under_another_key", good.replace('"msr"', '"MSR"'), 'unknown key "MSR"')
        bad("msrs_without_an_end", good[:-2], "not JSON")

    def small_pools(self):
        one = self.fleet("one.jsonl", [self.host("one")])
        self.allowed("one_host_loses_nothing", one, has='"lost": \\[\\],\n\t"costs": \\[\\]')
        name = 'a"b\\c\u00e9/\u0007'
        path = self.fleet("names.jsonl", [self.host("x"),
                                          self.host(name, **{"7.0.ebx": 0})])
        out = json.loads(self.allowed("a_name_with_escapes", path))
        told = {n for l in out["lost"] for n in l["missing_on"]}
        self.judge("a_name_with_escapes_is_printed_as_it_is",
                   None if told == {'a"b\\c\u00e9/?'} else "%r" % told)
        path = self.fleet("no7.jsonl", [self.host("whole"), self.host("half", **{"7.0.eax": None})])
        self.allowed("a_host_without_leaf_7", path, said="half: no CPUID leaf 7",
                     has='"feature": "avx2", "missing_on": \\["half"\\]')
        ebx = self.word("7.0.ebx")
        hosts = [self.host("h%d" % i, **{"7.0.ebx": ebx & ~(1 << 5) if i else ebx})
                 for i in range(5)]
        path = self.fleet("five.jsonl", hosts)
        self.allowed("names_are_limited", "--missing-on", "2", path,
                     has='"feature": "avx2", "missing": 4, "missing_on": \\["h1", "h2"\\]')
        self.allowed("names_are_not_limited", "--missing-on", "all", path,
                     has='"feature": "avx2", "missing_on": \\["h1", "h2", "h3", "h4"\\]')
        self.refused("names_limited_to_none", "at least 1", "--missing-on", "0", path, code=2)
        self.allowed("what_a_host_costs_is_told", "--report", self.fleet("two.jsonl", hosts[:2]),
                     said="1 by h1: avx2", has='"costs": \\[\n\t\t{"host": "h1", "features": ')
        dear = [self.host("whole"), self.host("cheap", **{"7.0.ebx": ebx & ~(1 << 5)}),
                self.host("dear", **{"7.0.ebx": ebx & ~(1 << 9),
                                     "1.0.ecx": self.word("1.0.ecx") & ~(1 << 22 | 1 << 1)})]
        self.allowed("what_costs_most_is_told_first", "--report", self.fleet("dear.jsonl", dear),
                     said="3 by dear: .*\n.* 1 by cheap: avx2")
        self.allowed("what_two_hosts_cost_together_costs_neither", "--report",
                     self.fleet("three.jsonl", hosts[:3]), said="0 of the hosts cost",
                     has='"costs": \\[\\]')

    def warnings(self):
        def pair(name, said, with_it, without):
            self.allowed(name + "_is_warned_of", self.fleet("w.jsonl", with_it), said=said,
                         has='"warnings": \\[\n')
            self.allowed("no_%s_no_warning" % name, self.fleet("w.jsonl", without), silent=said)

        edx, ecx1 = self.word("7.0.edx"), self.word("80000001.0.edx")
        a, b = self.host("a"), self.host("b")
        pair("bad_news_that_some_have", "md-clear is shown .* 1 of 2 hosts have it .the first is b",
             [a, self.host("b", **{"7.0.edx": edx | 1 << 10})],
             [self.host(n, **{"7.0.edx": edx | 1 << 10}) for n in "ab"])
        pair("a_dump_without_msr_0x10a", "b: arch-capabilities without MSR 0x10a",
             [a, self.host("b", **{"7.0.edx": edx | 1 << 29})], [a, b])
        pair("a_dump_without_syscall", "b: lm without syscall",
             [a, self.host("b", **{"80000001.0.edx": ecx1 & ~(1 << 11)})], [a, b])
        pair("a_hybrid_host", "b: a hybrid processor",
             [a, self.host("b", **{"7.0.edx": edx | 1 << 15})], [a, b])
        fast = {"15.0.eax": 1, "15.0.ebx": 100, "15.0.ecx": 25000000}
        slow = {"15.0.eax": 1, "15.0.ebx": 90, "15.0.ecx": 25000000}
        rate = {"80000001.0.ecx": self.word("80000001.0.ecx") | 4, "8000000a.0.edx": 1 << 4}
        said = "TSC runs at 2250000 kHz on b and at 2500000 kHz on a"
        pair("another_tsc_without_scaling", said,
             [self.host("a", **fast), self.host("b", **slow)],
             [self.host("a", **fast, **rate), self.host("b", **slow, **rate)])
        kvm = {"40000000.0.eax": 0x40000001, "40000000.0.ebx": 0x4b4d564b,
               "40000000.0.ecx": 0x564b4d56, "40000000.0.edx": 0x4d}
        pair("kernels_that_differ", "differ, as kernels do: kvm-pv-eoi",
             [self.host("a", **kvm, **{"40000001.0.eax": 0x49}),
              self.host("b", **kvm, **{"40000001.0.eax": 0x9})],
             [self.host(n, **kvm, **{"40000001.0.eax": 0x9}) for n in "ab"])

    def vendors(self):
        kvm = {"40000000.0.eax": 0x40000001, "40000000.0.ebx": 0x4b4d564b,
               "40000000.0.ecx": 0x564b4d56, "40000000.0.edx": 0x4d, "40000001.0.eax": 0x1037aff}
        intel = self.host("intel", **kvm, **{"0.0.ebx": 0x756e6547, "0.0.ecx": 0x6c65746e,
                                             "0.0.edx": 0x49656e69})
        intel["vendor"], intel["family"], intel["model"] = "GenuineIntel", 6, 85
        amd = self.host("amd", **kvm)
        both = self.fleet("both.jsonl", [amd, intel])
        self.refused("two_vendors_without_a_word", "can.t be in one pool: .*vendors differ", both)
        out = self.allowed("two_vendors_when_asked_for", "--vendor", "intel", both,
                           has='"vendor": "GenuineIntel"',
                           said="keeps the mitigations that it chose when it booted")
        told = json.loads(out)
        self.judge("guests_of_two_vendors_are_shown_the_chosen_one", None if told["identity"] == {
            "family": 6, "model": 85, "stepping": 0,
            "vendors": ["AuthenticAMD", "GenuineIntel"]} else "%s" % told.get("identity"))
        pv = next(int(r["eax"], 16) for r in told["cpuid"] if r["leaf"] == "0x40000001")
        self.judge("no_hypercall_is_offered_to_guests_of_two_vendors",
                   None if pv == 0x1037aff & ~0x32a80 & 0x01037eff else "0x%x" % pv)
        lost = [l for l in told["lost"] if l["feature"] == "kvm-pv-unhalt"]
        self.judge("why_a_hypercall_is_lost_is_told",
                   None if lost and "because" in lost[0] else "%s" % lost)
        out = self.allowed("one_vendor_keeps_its_hypercalls", "--vendor", "amd",
                           self.fleet("amd.jsonl", [amd]), silent="mitigations")
        told = json.loads(out)
        pv = next(int(r["eax"], 16) for r in told["cpuid"] if r["leaf"] == "0x40000001")
        self.judge("one_vendor_needs_no_identity", None if "identity" not in told and
                   pv & 1 << 7 else "0x%x" % pv)
        self.allowed("an_identity_that_was_chosen", "--vendor", "intel", "--identity", "6/106/6",
                     both, has='"family": 6, "model": 106, "stepping": 6')
        self.refused("an_identity_that_nobody_has", "say --identity", "--vendor", "hygon", both)
        self.refused("an_unknown_vendor", "--vendor is intel", "--vendor", "via", both, code=2)
        self.refused("half_an_identity", "FAMILY/MODEL/STEPPING", "--vendor", "intel",
                     "--identity", "6/85", both, code=2)
        self.refused("an_identity_without_a_vendor", "goes with --vendor", "--identity", "6/85/4",
                     both, code=2)
        path = self.write("mixed.json", self.run("--vendor", "intel", both).stdout)
        again = subprocess.run([self.path, "baseline", "show", "--json", path], text=True,
                               capture_output=True, check=False)
        self.judge("a_baseline_of_two_vendors_is_read_and_written",
                   None if json.loads(again.stdout or "{}").get("identity", {}).get("vendors") ==
                   ["AuthenticAMD", "GenuineIntel"] else again.stderr[:200])
        bad = json.loads(again.stdout)
        bad["identity"]["vendors"] = []
        no = subprocess.run([self.path, "baseline", "show", self.write(
            "bad.json", json.dumps(bad))], text=True, capture_output=True, check=False)
        self.judge("an_identity_for_no_processor_is_refused",
                   None if no.returncode == 1 and '"vendors" is empty' in no.stderr else no.stderr)

    def all(self):
        self.fleets()
        self.directories()
        self.bad_lines()
        self.msrs()
        self.small_pools()
        self.warnings()
        self.vendors()
