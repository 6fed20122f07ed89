# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# deps.sh - what ./try and ./check need from the distribution. Sourced.
#
# fl_need GROUP...   installs the packages of the groups that are not there yet
# fl_llvm_newest     prints the newest LLVM that the distribution offers
# fl_need_llvm N     what is needed to build with that one, linked statically

# shellcheck disable=SC2034 # used by name, in fl_need
{
FL_PACKAGES_build="cmake ninja-build gcc g++ pkg-config libbpf-dev libcjson-dev libelf-dev libreadline-dev
	zlib1g-dev libzstd-dev liblzma-dev libxml2-dev libffi-dev libedit-dev libncurses-dev
	llvm-14-dev libclang-14-dev lld ccache"
FL_PACKAGES_vm="qemu-system-x86 busybox-static cpio kmod zstd xz-utils util-linux iproute2 jq"
FL_PACKAGES_kernel="linux-source-6.12 flex bison bc libssl-dev dwarves make gcc libelf-dev
	python3 rsync"
FL_PACKAGES_check="clang-14 llvm-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev dwarves
	neovim libtree-sitter-dev
	libcmocka-dev bsdutils bc btrfs-progs e2fsprogs shellcheck mandoc strace tmux
	python3-jsonschema python3-junitparser libxml2-utils perl chromium chromium-driver
	python3-selenium fonts-dejavu-core linux-source-6.12
	python3-yaml yamllint python3-kubernetes lava-common
	zsh fish bash-completion python3-pexpect lintian rpm mmdebstrap
	slurmctld slurmd slurm-client munge"
FL_PACKAGES_source="dpkg-dev gcc make bison flex"
# what the workloads of scripts/campaigns call
FL_PACKAGES_hunt="btrfs-progs dmsetup dosfstools e2fsprogs erofs-utils exfatprogs f2fs-tools
	genisoimage iproute2 jfsutils kmod nilfs-tools ntfs-3g perl-base python3-minimal
	squashfs-tools udftools util-linux util-linux-extra xfsprogs
	busybox-static mksh nftables ipset mdadm cryptsetup-bin mtd-utils"
}

fl_installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

fl_install() {
	local missing=() package

	for package; do
		fl_installed "$package" || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	if ((EUID)); then
		printf 'these packages are needed: apt-get install %s\n' "${missing[*]}" >&2
		return 1
	fi
	printf 'installing %s\n' "${missing[*]}" >&2
	[[ -n ${FL_APT_UPDATED:-} ]] || apt-get -qq update
	export FL_APT_UPDATED=1
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null
}

fl_need() {
	local group list packages=()

	for group; do
		list=FL_PACKAGES_$group
		# shellcheck disable=SC2206 # a list of words
		packages+=(${!list})
	done
	fl_install "${packages[@]}"
}

fl_need_llvm() {
	fl_install "llvm-$1-dev" "libclang-$1-dev"
}

fl_llvm_newest() {
	apt-cache pkgnames libclang- | sed -nE 's/^libclang-([0-9]+)-dev$/\1/p' | sort -n | tail -n 1
}
