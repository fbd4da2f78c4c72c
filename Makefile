# SPDX-License-Identifier: GPL-2.0
# What people type; Kbuild has the object lists.  "make help" tells.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KDIR ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=
PREFIX ?= /usr/local
DKMS ?= dkms
DKMS_SRC = $(DESTDIR)/usr/src/kvm-level-$(VERSION)
# What a source tree for DKMS holds.
DKMS_FILES := Kbuild dkms.conf LICENSE kmod uapi

.PHONY: all modules tools install dkms-source dkms-install dkms-remove demo demo-intel check \
	check-full bench \
	bench-pool unit fuzz fuzz-answers fuzz-netlink kunit kunit-fast scenarios selftests soak mutate coverage \
	test-tools style sparse check-layers gen check-gen clean help

all: modules tools ## both halves: kvm_level.ko and userspace/levelctl

modules: ## kvm_level.ko for KDIR (default: the running kernel's headers)
	@[ -e $(KDIR)/Makefile ] || { echo "No kernel headers in $(KDIR): install them, or say" \
		"KDIR=/lib/modules/RELEASE/build of a kernel that has them" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## userspace/levelctl
	$(MAKE) -C userspace

install: all ## both halves, to DESTDIR and PREFIX
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install

dkms-source:
	rm -rf $(DKMS_SRC)
	mkdir -p $(DKMS_SRC)
	tar -cf - --exclude='*.o' --exclude='*.cmd' $(DKMS_FILES) | tar -xf - -C $(DKMS_SRC)

# The same version may be there already, with older sources.
dkms-install: dkms-source ## register the source with DKMS, build and install for the running kernel
	if [ -n "$$($(DKMS) status -m kvm-level -v $(VERSION))" ]; then \
		$(DKMS) remove -m kvm-level -v $(VERSION) --all; \
	fi
	$(DKMS) add -m kvm-level -v $(VERSION)
	$(DKMS) build -m kvm-level -v $(VERSION)
	$(DKMS) install -m kvm-level -v $(VERSION)

dkms-remove: ## what dkms-install did, undone
	$(DKMS) remove -m kvm-level -v $(VERSION) --all
	rm -rf $(DKMS_SRC)

demo: ## the main job, on an emulated AMD host (installs what it needs); KERNEL=6.12
	tests/demo

demo-intel: ## the same on emulated Intel hosts, Penryn and Haswell; KERNEL=6.12
	tests/demo intel

check: ## every test (installs what it needs)
	tests/check

check-full: ## and what takes hours: debug kernels, long fuzzing, soak, mutations, coverage
	tests/check --full

bench: ## L1 instructions per L2 exit, with the module and without
	tests/bench

bench-pool: ## pool compute over 100,000 hosts: MB/s, peak memory, and next to cat | wc -l
	tests/bench-pool

fuzz: ## all that levelctl reads, fuzzed; FUZZ_SECONDS=1800 each, FUZZ_JOBS=2 at a time
	$(MAKE) -C tests/fuzz fuzz

fuzz-answers: ## the kernel's answers to levelctl, right ones and wrong ones; FUZZ_SECONDS=600
	$(MAKE) -C tests/fuzz-answers fuzz

fuzz-netlink: ## a million netlink messages to the module, on the KASAN kernel; NETLINK_MESSAGES=1000000
	NETLINK_MESSAGES=$${NETLINK_MESSAGES:-1000000} TIMEOUT=$${TIMEOUT:-1500} \
		KERNELS=debug HOSTS=$${HOSTS:-amd} tests/vm/run netlink_fuzz

unit: ## the pure core in userspace, under ASan and UBSan
	$(MAKE) -C tests/unit check

kunit: ## the module's insides, in the kernel: stock kernels, and one with KASAN and lockdep
	tests/kunit/run

kunit-fast: ## the same on the stock 6.12 alone: from an edit to its result in seconds
	tests/kunit/run --stock 6.12

scenarios: ## the scenarios on the virtual hosts; KERNELS="6.1 6.12 7" HOSTS="amd intel"
	tests/vm/run

soak: ## VMs, baselines, modes and modules come and go, on KASAN and KCSAN kernels; SOAK_SECONDS=1800
	tests/soak

selftests: ## KVM's own selftests on the virtual hosts; KERNELS="6.1 6.12 7" HOSTS="amd intel"
	tests/vm/selftests/run

# What the virtual hosts bring: the module for each kernel, levelctl, the probers.
test-tools: tools
	$(MAKE) -C tests/vm/prober
	$(MAKE) -C tests/vm/nlprobe
	releases=$$(tests/kernels $(KERNELS)) || exit 1; \
	for release in $$releases; do \
		tests/build-module $$release && tests/vm/rival/build $$release || exit 1; \
	done

mutate: ## break the module in some hundred ways, one at a time: is each noticed?
	tests/mutate --sane

coverage: ## which lines of both halves the tests run; SCENARIOS="modes" HOSTS="amd intel"
	tests/coverage

style: ## checkpatch --strict
	tests/style

sparse: ## sparse over the module, for KDIR
	tests/build-module --sparse $$(basename $$(readlink -f $(KDIR)))

check-layers: ## who includes whom
	tests/layers

gen: ## uapi/kvm_level.h from uapi/kvm_level.yaml
	uapi/gen

check-gen: ## is the checked-in header what the yaml generates?
	uapi/gen --check

clean: ## what was built
	$(MAKE) -C userspace clean
	$(MAKE) -C tests/unit clean
	$(MAKE) -C tests/fuzz clean
	$(MAKE) -C tests/fuzz-answers clean
	$(MAKE) -C tests/vm/prober clean
	$(MAKE) -C tests/vm/nlprobe clean
	rm -rf build
	find . \( -name .git -prune \) -o \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name 'Module.symvers' \
		-o -name 'modules.order' \) -exec rm -f {} +

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
