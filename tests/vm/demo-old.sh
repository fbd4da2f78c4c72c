# SPDX-License-Identifier: GPL-2.0
# tests/demo, on the pool's oldest host: what it can give a guest.
. /kl/lib.sh
hostname oldest
must levelctl host dump
