# SPDX-License-Identifier: GPL-2.0
# What people type; Kbuild has the object lists.  "make help" tells.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
KDIR ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=
PREFIX ?= /usr/local
DKMS ?= dkms
DKMS_SRC = $(DESTDIR)/usr/src/kvm-level-$(VERSION)
# What a source tree for DKMS holds.
DKMS_FILES := Kbuild Makefile dkms.conf LICENSE kmod uapi

.PHONY: all modules tools install dkms-install demo check bench unit scenarios style sparse \
	check-layers gen check-gen clean help

all: modules tools ## both halves: kvm_level.ko and userspace/levelctl

modules: ## kvm_level.ko for KDIR (default: the running kernel's headers)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## userspace/levelctl
	$(MAKE) -C userspace

install: ## both halves, to DESTDIR and PREFIX
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install

dkms-install: ## register the source with DKMS, build and install for the running kernel
	mkdir -p $(DKMS_SRC)
	cp -r $(DKMS_FILES) $(DKMS_SRC)/
	$(DKMS) add -m kvm-level -v $(VERSION)
	$(DKMS) build -m kvm-level -v $(VERSION)
	$(DKMS) install -m kvm-level -v $(VERSION)

demo: ## the main job, on an emulated AMD host (installs what it needs)
	tests/demo

check: ## every test (installs what it needs)
	tests/check

bench: ## L1 instructions per L2 exit, with the module and without
	tests/bench

unit: ## the pure core in userspace, under ASan and UBSan
	$(MAKE) -C tests/unit check

scenarios: ## the scenarios on the virtual host; KERNELS="6.1 6.12", ONLY=pattern
	tests/vm/run

style: ## checkpatch --strict
	tests/style

sparse: ## sparse over the module, for KDIR
	tests/build-module --sparse $(KDIR)

check-layers: ## who includes whom
	tests/layers

gen: ## uapi/kvm_level.h from uapi/kvm_level.yaml
	uapi/gen

check-gen: ## is the checked-in header what the yaml generates?
	uapi/gen --check

clean: ## what was built
	$(MAKE) -C userspace clean
	$(MAKE) -C tests/unit clean
	$(MAKE) -C tests/vm/prober clean
	rm -rf build
	find . -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
		-o -name 'Module.symvers' -o -name 'modules.order' | xargs -r rm -f

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
