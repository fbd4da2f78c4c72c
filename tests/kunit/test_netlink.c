// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, through a socket: what is malformed is refused with a
 * sentence, and nothing has changed then.
 */
#include "../kmod/netlink.c"

#include <linux/cred.h>

#include "env.h"
#include "netlink_client.h"
#include "suites.h"

static struct words intel, less;

static int netlink_init(struct kunit *test)
{
	int one = 1;

	words_intel(&intel);
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC,
					       &sock), 0);
	KUNIT_ASSERT_EQ(test, sock->ops->setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK,
						    KERNEL_SOCKPTR(&one), sizeof(one)), 0);
	return env_begin(test);
}

static void netlink_exit_(struct kunit *test)
{
	kfree_skb(msg);
	msg = NULL;
	sock_release(sock);
	mutex_lock(&kl_mutex);
	kl_host_forget();
	mutex_unlock(&kl_mutex);
	env_end(test);
}

/* --- Refusals ------------------------------------------------------------------- */

static void unchanged(struct kunit *test, int err, int want, const char *sentence, const char *what)
{
	struct kl_baseline *b = kl_baseline_current();

	KUNIT_EXPECT_EQ_MSG(test, err, want, "%s: \"%s\"", what, said);
	KUNIT_EXPECT_TRUE_MSG(test, *said && strstr(said, sentence), "%s: it says \"%s\", not \"%s\"",
			      what, said, sentence);
	KUNIT_EXPECT_NULL_MSG(test, b, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, kl_mode, (unsigned int)KVM_LEVEL_MODE_OFF, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, answer_len, 0, "%s", what);
	kl_baseline_put(b);
}

#define REFUSED_DUMP(want, sentence, what)				\
	do {								\
		int err_ = ask();					\
									\
		unchanged(test, err_, want, dump_says(sentence), what);	\
	} while (0)

#define REFUSED(want, sentence, what)	unchanged(test, ask(), want, sentence, what)

static void a_request_of_another_version_is_refused(struct kunit *test)
{
	u8 cmd;

	for (cmd = KVM_LEVEL_CMD_STATUS_GET + 1; cmd < KVM_LEVEL_CMD_EVENT_NTF; cmd++) {
		request(test, cmd);
		head()->version = KVM_LEVEL_FAMILY_VERSION + 1;
		REFUSED(-EPROTONOSUPPORT, "another version of the protocol", "a command");
	}
	/* But for the one that says which it is. */
	request(test, KVM_LEVEL_CMD_STATUS_GET);
	head()->version = KVM_LEVEL_FAMILY_VERSION + 1;
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_TRUE(test, answered(A(PROTOCOL)) &&
			  nla_get_u32(answered(A(PROTOCOL))) == KVM_LEVEL_FAMILY_VERSION);
	/* The event is no command, nor is what comes behind it. */
	for (cmd = KVM_LEVEL_CMD_EVENT_NTF; cmd < KVM_LEVEL_CMD_EVENT_NTF + 3; cmd++) {
		request(test, cmd);
		KUNIT_EXPECT_EQ(test, ask(), -EOPNOTSUPP);
	}
}

static void who_may_not_is_refused_all_of_it(struct kunit *test)
{
	struct cred *nobody = prepare_creds();
	const struct cred *root;
	u8 cmd;

	KUNIT_ASSERT_NOT_NULL(test, nobody);
	cap_lower(nobody->cap_effective, CAP_SYS_ADMIN);
	root = override_creds(nobody);
	for (cmd = KVM_LEVEL_CMD_STATUS_GET; cmd < KVM_LEVEL_CMD_EVENT_NTF; cmd++) {
		request(test, cmd);
		REFUSED(-EPERM, "this needs CAP_SYS_ADMIN in the initial user namespace", "nobody");
	}
	request(test, KVM_LEVEL_CMD_VM_GET);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	REFUSED_DUMP(-EPERM, "this needs CAP_SYS_ADMIN", "a dump for nobody");
	revert_creds(root);
	put_cred(nobody);
}

static void attributes_that_do_not_belong_are_refused(struct kunit *test)
{
	static const u8 without[] = { KVM_LEVEL_CMD_STATUS_GET, KVM_LEVEL_CMD_HOST_GET,
				      KVM_LEVEL_CMD_BASELINE_CLEAR };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(without); i++) {
		request(test, without[i]);
		put_u32(A(PROTOCOL), 1);
		REFUSED(-EINVAL, "", "protocol, where nothing is asked");
		request(test, without[i]);
		put_u32(A(ON), 1);
		REFUSED(-EINVAL, "Unknown attribute type", "on, where nothing is asked");
	}
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(MODE), 2);
	put_u32(200, 1);
	REFUSED(-EINVAL, "Unknown attribute type", "a type of nobody's");
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(MODE), 2);
	put_u32(A(MODE), 3);
	REFUSED(-EINVAL, "given twice", "two modes");
	request(test, KVM_LEVEL_CMD_VM_GET);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	put_u32(A(VM_ID), 1);
	REFUSED_DUMP(-EINVAL, "a dump is of all VMs", "a dump of one");
}

static void values_out_of_range_are_refused(struct kunit *test)
{
	request(test, KVM_LEVEL_CMD_MODE_SET);
	REFUSED(-EINVAL, "neither a mode nor when exits are gated", "nothing to set");
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(MODE), KVM_LEVEL_MODE_STRICT + 1);
	REFUSED(-ERANGE, "out of range", "a mode");
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(EXITS), KVM_LEVEL_EXITS_ALWAYS + 1);
	REFUSED(-ERANGE, "out of range", "exits");
	request(test, KVM_LEVEL_CMD_MODE_SET);
	nla_put_u16(msg, A(MODE), 1);
	REFUSED(-EINVAL, "invalid attribute length", "a short mode");
	request(test, KVM_LEVEL_CMD_BASELINE_GET);
	nla_put_u64_64bit(msg, A(ID), 0, 0);
	REFUSED(-ERANGE, "out of range", "number 0");
	request(test, KVM_LEVEL_CMD_VM_WATCH);
	put_u32(A(VM_ID), 1);
	nla_put_u8(msg, A(ON), 2);
	REFUSED(-ERANGE, "out of range", "on = 2");
	request(test, KVM_LEVEL_CMD_VM_WATCH);
	put_u32(A(VM_ID), 0);
	nla_put_u8(msg, A(ON), 1);
	REFUSED(-ERANGE, "out of range", "VM 0");
}

static void what_is_not_there_is_told(struct kunit *test)
{
	request(test, KVM_LEVEL_CMD_HOST_GET);
	REFUSED(-ENODEV, "neither kvm-amd nor kvm-intel is loaded", "a host without KVM");
	request(test, KVM_LEVEL_CMD_BASELINE_GET);
	REFUSED(-ENOENT, "no baseline is set", "no baseline");
	request(test, KVM_LEVEL_CMD_BASELINE_GET);
	nla_put_u64_64bit(msg, A(ID), 1ULL << 40, 0);
	REFUSED(-ENOENT, "no live baseline has this number", "a number");
	request(test, KVM_LEVEL_CMD_VM_GET);
	REFUSED(-EINVAL, "a VM's number is needed", "which VM");
	request(test, KVM_LEVEL_CMD_VM_GET);
	put_u32(A(VM_ID), 0x7fffffff);
	REFUSED(-ENOENT, "no VM has this number", "a VM");
	request(test, KVM_LEVEL_CMD_VM_ADOPT);
	put_u32(A(VM_ID), 1);
	REFUSED(-EINVAL, "a VM's number and on or off are needed", "on or off");
	request(test, KVM_LEVEL_CMD_VM_ADOPT);
	put_u32(A(VM_ID), 1);
	nla_put_u8(msg, A(ON), 1);
	REFUSED(-ENOENT, "no baseline is set to which the VM could be levelled", "adopt to nothing");
	request(test, KVM_LEVEL_CMD_VM_WATCH);
	put_u32(A(VM_ID), 0x7fffffff);
	nla_put_u8(msg, A(ON), 1);
	REFUSED(-ENOENT, "no VM has this number", "watch nobody");
}

/* A request of a set for both commands that take one, up to its default. */
static const u8 takes_set[] = { KVM_LEVEL_CMD_BASELINE_SET, KVM_LEVEL_CMD_PROCESS_SET };

static void a_baseline_without_a_proper_name_is_refused(struct kunit *test)
{
	static const char long_name[KL_NAME_MAX + 1] = {
		[0 ... KL_NAME_MAX - 1] = 'x',
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(takes_set); i++) {
		request(test, takes_set[i]);
		put_set(A(DEFAULT), &intel.set);
		REFUSED(-EINVAL, "a baseline needs a name and a default", "no name");
		request(test, takes_set[i]);
		nla_put_string(msg, A(NAME), "x");
		REFUSED(-EINVAL, "a baseline needs a name and a default", "no default");
		request(test, takes_set[i]);
		nla_put_string(msg, A(NAME), "");
		put_set(A(DEFAULT), &intel.set);
		REFUSED(-EINVAL, "a baseline's name is one string", "an empty name");
		request(test, takes_set[i]);
		nla_put(msg, A(NAME), 4, "a\0b");
		put_set(A(DEFAULT), &intel.set);
		REFUSED(-EINVAL, "a baseline's name is one string", "two strings");
		request(test, takes_set[i]);
		nla_put(msg, A(NAME), 1, "x");
		put_set(A(DEFAULT), &intel.set);
		REFUSED(-EINVAL, "", "no end");
		request(test, takes_set[i]);
		nla_put_string(msg, A(NAME), long_name);
		put_set(A(DEFAULT), &intel.set);
		REFUSED(-EINVAL, "failed policy validation", "a long name");
	}
}

/* One set, in which something is wrong. */
static void set_of(struct kunit *test, void (*fill)(void))
{
	struct nlattr *nest;

	request(test, KVM_LEVEL_CMD_BASELINE_SET);
	nla_put_string(msg, A(NAME), "x");
	nest = nla_nest_start(msg, A(DEFAULT));
	fill();
	nla_nest_end(msg, nest);
}

static void fill_nothing(void) { }

static void fill_msr_only(void)
{
	struct nlattr *nest = nla_nest_start(msg, KVM_LEVEL_A_SET_MSR);

	put_u32(KVM_LEVEL_A_MSR_INDEX, 0x10a);
	nla_put_u64_64bit(msg, KVM_LEVEL_A_MSR_VALUE, 0, 0);
	nla_nest_end(msg, nest);
}

static void fill_cut_leaf(void) { put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_ECX); }

static void fill_leaf_twice(void)
{
	struct nlattr *nest;

	put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
	nest = nla_nest_start(msg, KVM_LEVEL_A_SET_LEAF);
	put_u32(KVM_LEVEL_A_LEAF_EAX, 1);
	put_u32(KVM_LEVEL_A_LEAF_EAX, 2);
	nla_nest_end(msg, nest);
}

static void fill_cut_msr(void)
{
	struct nlattr *nest;

	put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
	nest = nla_nest_start(msg, KVM_LEVEL_A_SET_MSR);
	put_u32(KVM_LEVEL_A_MSR_INDEX, 0x10a);
	nla_nest_end(msg, nest);
}

static void fill_msr_twice(void)
{
	struct nlattr *nest;

	put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
	nest = nla_nest_start(msg, KVM_LEVEL_A_SET_MSR);
	put_u32(KVM_LEVEL_A_MSR_INDEX, 0x10a);
	put_u32(KVM_LEVEL_A_MSR_INDEX, 0x10a);
	nla_nest_end(msg, nest);
}

static void fill_short_word(void)
{
	struct nlattr *nest = nla_nest_start(msg, KVM_LEVEL_A_SET_LEAF);

	nla_put_u8(msg, KVM_LEVEL_A_LEAF_LEAF, 1);
	nla_nest_end(msg, nest);
}

static void fill_unknown(void)
{
	put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
	put_u32(KVM_LEVEL_A_SET_MAX + 1, 0);
}

static void fill_many_leaves(void)
{
	int i;

	for (i = 0; i <= KL_MAX_LEAVES; i++)
		put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
}

static void fill_many_msrs(void)
{
	int i;

	put_leaf(&intel.leaf[0], KVM_LEVEL_A_LEAF_EDX);
	for (i = 0; i <= KL_MAX_MSRS; i++)
		fill_msr_only();
}

static void sets_that_are_malformed_are_refused(struct kunit *test)
{
	static const struct {
		const char *what;
		void (*fill)(void);
		int err;
		const char *sentence;
	} sets[] = {
		{ "nothing", fill_nothing, -EINVAL, "a set of words without a CPUID leaf" },
		{ "an MSR alone", fill_msr_only, -EINVAL, "a set of words without a CPUID leaf" },
		{ "a leaf without EDX", fill_cut_leaf, -EINVAL,
		  "a leaf needs leaf, subleaf, eax, ebx, ecx and edx" },
		{ "EAX twice", fill_leaf_twice, -EINVAL, "given twice" },
		{ "an MSR without a value", fill_cut_msr, -EINVAL, "an MSR needs index and value" },
		{ "an index twice", fill_msr_twice, -EINVAL, "given twice" },
		{ "a word of a byte", fill_short_word, -EINVAL, "invalid attribute length" },
		{ "neither leaf nor MSR", fill_unknown, -EINVAL, "Unknown attribute type" },
		{ "too many leaves", fill_many_leaves, -E2BIG,
		  "more leaves or MSRs than any CPU has" },
		{ "too many MSRs", fill_many_msrs, -E2BIG, "more leaves or MSRs than any CPU has" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		set_of(test, sets[i].fill);
		REFUSED(sets[i].err, sets[i].sentence, sets[i].what);
	}
	/* The same as max, behind a default that is well. */
	request_set(test, &intel, NULL);
	kl_put_set(msg, A(MAX_SET), &(struct kl_set){ });
	REFUSED(-EINVAL, "a set of words without a CPUID leaf", "an empty max");
}

static void words_that_are_no_baseline_are_refused_with_their_place(struct kunit *test)
{
	static struct words bad;

	words_copy(&bad, &intel);
	words_set(&bad, 0x1, 0, KL_ECX, BIT(16));
	request_set(test, &bad, NULL);
	REFUSED(-EINVAL, "bad baseline: CPUID 0x1.0:ecx bits 0x10000: unknown bits", "a bit");
	request_set(test, &intel, &bad);
	REFUSED(-EINVAL, "bad baseline: CPUID 0x1.0:ecx bits 0x10000: unknown bits", "max");
	request_set(test, &intel, &less);
	REFUSED(-EINVAL, "bad baseline: CPUID 0x7.0:ebx bits 0x80000000", "max below default");
	words_copy(&bad, &intel);
	words_unset(&bad, 0x1, 0, KL_ECX, BIT(28));
	request_set(test, &bad, NULL);
	REFUSED(-EINVAL, "bad baseline: CPUID 0x1.0:ecx bits 0x1000: a feature that needs another",
		"FMA without AVX");
	words_copy(&bad, &intel);
	bad.leaf[1] = bad.leaf[0];
	request_set(test, &bad, NULL);
	REFUSED(-EINVAL, "bad baseline: CPUID 0x0.0:eax: duplicate leaf", "a leaf twice");
}

static void a_baseline_that_the_host_lacks_needs_force(struct kunit *test)
{
	struct kl_baseline *b;

	mutex_lock(&kl_mutex);
	env_host_offer(test, &less);
	mutex_unlock(&kl_mutex);
	request_set(test, &intel, NULL);
	REFUSED(-EOPNOTSUPP, "this host lacks CPUID 0x7.0:ebx bits 0x80000000", "more than the host");
	request_set(test, &intel, NULL);
	nla_put_flag(msg, A(FORCE));
	KUNIT_EXPECT_EQ(test, ask(), 0);
	b = kl_baseline_current();
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_TRUE(test, b->forced);
	kl_baseline_put(b);
	request_set(test, &less, NULL);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	b = kl_baseline_current();
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_FALSE(test, b->forced);
	kl_baseline_put(b);
}

/* At boot, say: what KVM will offer is not known, and whether force will be needed. */
static void force_holds_where_kvm_comes_later(struct kunit *test)
{
	struct kl_baseline *b;
	int force;

	for (force = 0; force <= 1; force++) {
		request_set(test, &intel, NULL);
		if (force)
			nla_put_flag(msg, A(FORCE));
		KUNIT_EXPECT_EQ(test, ask(), 0);
		b = kl_baseline_current();
		KUNIT_ASSERT_NOT_NULL(test, b);
		KUNIT_EXPECT_EQ(test, b->forced, force);
		mutex_lock(&kl_mutex);
		env_host_offer(test, &less);
		kl_baselines_check(kl_host_offer(), true);
		kl_host_forget();
		mutex_unlock(&kl_mutex);
		KUNIT_EXPECT_EQ(test, b->lacking, !force);
		kl_baseline_put(b);
	}
}

static void no_memory_changes_nothing(struct kunit *test)
{
	int n, err;

	for (n = 1; n < 20; n++) {
		request_set(test, &less, &intel);
		test_fail_alloc(n);
		err = ask();
		if (!test_alloc_failed())
			break;
		KUNIT_EXPECT_EQ_MSG(test, err, -ENOMEM, "the %d. allocation", n);
		KUNIT_EXPECT_NULL(test, kl_baseline_current());
	}
	test_fail_alloc(0);
	/* The answer, the two sets' leaves and MSRs, the baseline, the quick look. */
	KUNIT_EXPECT_EQ(test, n, 8);
	KUNIT_EXPECT_EQ(test, err, 0);
}

/* --- What is asked for, done ----------------------------------------------------------- */

static u64 answered_id(void)
{
	return answered(A(ID)) ? nla_get_u64(answered(A(ID))) : 0;
}

static void a_baseline_is_set_told_and_cleared(struct kunit *test)
{
	struct netlink_ext_ack extack = { };
	struct kl_words back = { };
	struct kl_baseline *b;
	u64 id;

	request_set(test, &less, &intel);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	id = answered_id();
	KUNIT_EXPECT_NE(test, id, 0ULL);
	KUNIT_EXPECT_NULL(test, answered(A(UNCHANGED)));
	/* The same again is no change. */
	request_set(test, &less, &intel);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_EQ(test, answered_id(), id);
	KUNIT_EXPECT_NOT_NULL(test, answered(A(UNCHANGED)));
	request(test, KVM_LEVEL_CMD_BASELINE_GET);
	nla_put_u64_64bit(msg, A(ID), id, 0);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_ASSERT_NOT_NULL(test, answered(A(DEFAULT)));
	KUNIT_ASSERT_NOT_NULL(test, answered(A(MAX_SET)));
	KUNIT_EXPECT_EQ(test, kl_parse_set(answered(A(DEFAULT)), &back, &extack), 0);
	b = kl_baseline_current();
	KUNIT_EXPECT_EQ(test, back.set.nr_leaves, less.set.nr_leaves);
	KUNIT_EXPECT_EQ(test, memcmp(back.leaf, less.leaf, less.set.nr_leaves * sizeof(*less.leaf)),
			0);
	KUNIT_EXPECT_EQ(test, memcmp(back.msr, less.msr, less.set.nr_msrs * sizeof(*less.msr)), 0);
	kl_words_free(&back);
	kl_baseline_put(b);
	request(test, KVM_LEVEL_CMD_STATUS_GET);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_EQ(test, answered_id(), id);
	KUNIT_EXPECT_TRUE(test, answered(A(VMS)) && !nla_get_u32(answered(A(VMS))));
	request(test, KVM_LEVEL_CMD_BASELINE_CLEAR);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_NULL(test, kl_baseline_current());
	request(test, KVM_LEVEL_CMD_BASELINE_CLEAR);
	KUNIT_EXPECT_EQ(test, ask(), 0);
}

/* netlink sorts; the words may come in any order. */
static void the_order_of_words_does_not_matter(struct kunit *test)
{
	static struct words mixed;
	unsigned int i;

	words_copy(&mixed, &intel);
	for (i = 0; i < mixed.set.nr_leaves / 2; i++)
		swap(mixed.leaf[i], mixed.leaf[mixed.set.nr_leaves - 1 - i]);
	request_set(test, &intel, NULL);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	request_set(test, &mixed, NULL);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_NOT_NULL(test, answered(A(UNCHANGED)));
}

static void a_mode_is_set(struct kunit *test)
{
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(MODE), KVM_LEVEL_MODE_STRICT);
	put_u32(A(EXITS), KVM_LEVEL_EXITS_ALWAYS);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_EQ(test, kl_mode, (unsigned int)KVM_LEVEL_MODE_STRICT);
	KUNIT_EXPECT_EQ(test, kl_exits, (unsigned int)KVM_LEVEL_EXITS_ALWAYS);
	request(test, KVM_LEVEL_CMD_MODE_SET);
	put_u32(A(EXITS), KVM_LEVEL_EXITS_NEEDED);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_EQ(test, kl_mode, (unsigned int)KVM_LEVEL_MODE_STRICT);
	KUNIT_EXPECT_EQ(test, kl_exits, (unsigned int)KVM_LEVEL_EXITS_NEEDED);
}

static void a_process_gets_a_baseline_of_its_own(struct kunit *test)
{
	struct kl_baseline *b;

	request_set(test, &less, NULL);
	head()->cmd = KVM_LEVEL_CMD_PROCESS_SET;
	KUNIT_EXPECT_EQ(test, ask(), 0);
	b = kl_process_get();
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_EQ(test, b->id, answered_id());
	KUNIT_EXPECT_NULL(test, kl_baseline_current());
	kl_baseline_put(b);
}

static void vms_are_told_adopted_and_watched(struct kunit *test)
{
	static const u32 lost[KL_NR_REGS] = { 1 };
	struct kl_baseline *b = env_current(test, &less, NULL);
	struct kl_vm *vm = env_vm(test, env_vcpu(test)->kvm, NULL);
	const struct nlattr *nest;
	unsigned int i, n = 0;

	request(test, KVM_LEVEL_CMD_VM_ADOPT);
	put_u32(A(VM_ID), vm->id);
	nla_put_u8(msg, A(ON), 1);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(vm->adopted), b);
	request(test, KVM_LEVEL_CMD_VM_WATCH);
	put_u32(A(VM_ID), vm->id);
	nla_put_u8(msg, A(ON), 1);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	rcu_read_lock();
	for (i = 0; i < KL_SEEN_MAX + 2; i++)
		kl_vm_record(vm, i & 1, i, 0, lost);
	rcu_read_unlock();
	request(test, KVM_LEVEL_CMD_VM_GET);
	put_u32(A(VM_ID), vm->id);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	nest = answered(A(VM));
	KUNIT_ASSERT_NOT_NULL(test, nest);
	nest = nla_find_nested(nest, KVM_LEVEL_A_VM_FLAGS);
	KUNIT_ASSERT_NOT_NULL(test, nest);
	KUNIT_EXPECT_EQ(test, nla_get_u32(nest),
			(u32)(KVM_LEVEL_VM_FLAGS_ADOPTED | KVM_LEVEL_VM_FLAGS_WATCHED |
			      KVM_LEVEL_VM_FLAGS_STRANDED));
	KUNIT_EXPECT_NOT_NULL(test, nla_find_nested(answered(A(VM)), KVM_LEVEL_A_VM_SEEN));
	nest = nla_find_nested(answered(A(VM)), KVM_LEVEL_A_VM_SEEN_MISSED);
	KUNIT_EXPECT_TRUE(test, nest && nla_get_u64(nest) == 2);
	/* All of them, one message each. */
	env_vm(test, env_vcpu(test)->kvm, kl_baseline_get(b));
	request(test, KVM_LEVEL_CMD_VM_GET);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	KUNIT_EXPECT_EQ(test, ask(), 0);
	for (i = 0; i + NLMSG_HDRLEN <= answer_len;
	     i += NLMSG_ALIGN(((struct nlmsghdr *)(answer + i))->nlmsg_len)) {
		if (((struct nlmsghdr *)(answer + i))->nlmsg_type != kl_family.id)
			break;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 2U);
	request(test, KVM_LEVEL_CMD_VM_ADOPT);
	put_u32(A(VM_ID), vm->id);
	nla_put_u8(msg, A(ON), 0);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(vm->adopted));
}

static u32 flags_of(struct kunit *test, const struct kl_vm *vm)
{
	const struct nlattr *nest;

	request(test, KVM_LEVEL_CMD_VM_GET);
	put_u32(A(VM_ID), vm->id);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	nest = answered(A(VM));
	nest = nest ? nla_find_nested(nest, KVM_LEVEL_A_VM_FLAGS) : NULL;
	KUNIT_ASSERT_NOT_NULL(test, nest);
	return nla_get_u32(nest);
}

static void a_vm_that_brought_more_than_default_is_told(struct kunit *test)
{
	struct kl_baseline *b = env_current(test, &less, &intel);
	struct kl_vm *vm = env_vm(test, env_vcpu(test)->kvm, kl_baseline_get(b));

	KUNIT_EXPECT_EQ(test, flags_of(test, vm), (u32)KVM_LEVEL_VM_FLAGS_LEVELLED);
	vm->above_default = true;
	KUNIT_EXPECT_EQ(test, flags_of(test, vm),
			(u32)(KVM_LEVEL_VM_FLAGS_LEVELLED | KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT));
}

/* Its parts would tell of VMs that are stranded under one or under the other. */
static void a_dump_beside_which_the_baseline_changes_says_so(struct kunit *test)
{
	struct netlink_callback cb = { };
	unsigned int seq;

	request(test, KVM_LEVEL_CMD_VM_GET);
	cb.skb = msg;
	cb.nlh = nlmsg_hdr(msg);
	env_current(test, &intel, NULL);
	for (int i = 0; i < 3; i++) {
		struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		if (i == 2)
			env_current(test, &less, NULL);
		cb.args[0] = 1;
		kl_nl_vm_dump(skb, &cb);
		nlmsg_free(skb);
		if (i == 1)
			KUNIT_EXPECT_EQ(test, cb.seq, seq);
		if (i == 2)
			KUNIT_EXPECT_NE(test, cb.seq, seq);
		seq = cb.seq;
	}
}

static void the_hosts_offer_is_told(struct kunit *test)
{
	struct netlink_ext_ack extack = { };
	struct kl_words back = { };

	mutex_lock(&kl_mutex);
	env_host_offer(test, &intel);
	env_vendor(test);
	mutex_unlock(&kl_mutex);
	request(test, KVM_LEVEL_CMD_HOST_GET);
	KUNIT_EXPECT_EQ(test, ask(), 0);
	KUNIT_ASSERT_NOT_NULL(test, answered(A(OFFER)));
	KUNIT_EXPECT_EQ(test, kl_parse_set(answered(A(OFFER)), &back, &extack), 0);
	KUNIT_EXPECT_EQ(test, back.set.nr_leaves, intel.set.nr_leaves);
	kl_words_free(&back);
	test_fail_alloc(1);
	request(test, KVM_LEVEL_CMD_HOST_GET);
	KUNIT_EXPECT_EQ(test, ask(), -ENOMEM);
}

static struct kunit_case netlink_cases[] = {
	KUNIT_CASE(a_request_of_another_version_is_refused),
	KUNIT_CASE(who_may_not_is_refused_all_of_it),
	KUNIT_CASE(attributes_that_do_not_belong_are_refused),
	KUNIT_CASE(values_out_of_range_are_refused),
	KUNIT_CASE(what_is_not_there_is_told),
	KUNIT_CASE(a_baseline_without_a_proper_name_is_refused),
	KUNIT_CASE(sets_that_are_malformed_are_refused),
	KUNIT_CASE(words_that_are_no_baseline_are_refused_with_their_place),
	KUNIT_CASE(a_baseline_that_the_host_lacks_needs_force),
	KUNIT_CASE(force_holds_where_kvm_comes_later),
	KUNIT_CASE(no_memory_changes_nothing),
	KUNIT_CASE(a_baseline_is_set_told_and_cleared),
	KUNIT_CASE(the_order_of_words_does_not_matter),
	KUNIT_CASE(a_mode_is_set),
	KUNIT_CASE(a_process_gets_a_baseline_of_its_own),
	KUNIT_CASE(vms_are_told_adopted_and_watched),
	KUNIT_CASE(a_vm_that_brought_more_than_default_is_told),
	KUNIT_CASE(a_dump_beside_which_the_baseline_changes_says_so),
	KUNIT_CASE(the_hosts_offer_is_told),
	{}
};

struct kunit_suite kl_suite_netlink = {
	.name = "kl_netlink",
	.init = netlink_init,
	.exit = netlink_exit_,
	.test_cases = netlink_cases,
};
