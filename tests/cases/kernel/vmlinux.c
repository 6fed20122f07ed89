// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel of which only the types are wanted. It is small, and stays the same
 * when the distribution's kernels change, so that texts can be compared with
 * what depends on it: offsets, and names that are near to each other.
 *
 * What is injectable stands in `list`.
 */
#include <linux/types.h>

struct cred {
	u32 uid;
	u32 gid;
};

#ifdef ARCH_aarch64
struct thread_info {
	unsigned long flags;
	union {
		u64 preempt_count;
		struct {
			u32 count;
			u32 need_resched;
		} preempt;
	};
};
#endif

struct task_struct {
#ifdef ARCH_aarch64
	struct thread_info thread_info;
#endif
	long state;
	u32 flags;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	const struct cred *cred;
	char comm[16];
};

struct inode {
	u32 i_mode;
	unsigned long i_ino;
	s64 i_size;
};

struct file {
	unsigned int f_flags;
	struct inode *f_inode;
};

struct bvec_iter {
	u64 bi_sector;
	unsigned int bi_size;
};

struct block_device {
	u32 bd_dev;
	bool bd_read_only;
};

struct bio {
	struct bio *bi_next;
	struct block_device *bi_bdev;
	unsigned int bi_opf;
	struct bvec_iter bi_iter;
};

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

struct kmem_cache {
	const char *name;
	unsigned int size;
};

enum req_op { REQ_OP_READ, REQ_OP_WRITE, REQ_OP_FLUSH, REQ_OP_DISCARD };

/* What members can be, one of each kind. */
struct net_device {
	char name[16];
	unsigned char dev_addr[6];
	unsigned int mtu;
	unsigned int flags : 5;
	int headroom : 11;
	struct net_device_stats {
		u64 packets;
		u64 errors[4];
	} stats;
	union {
		u32 word;
		u8 bytes[4];
	};
	struct net_device *lower[2];
	struct net_device **upper;
	void (*open)(struct net_device *dev);
	const char *alias;
	void *priv;
	unsigned __int128 wide;
};

struct sk_buff {
	unsigned int len;
	struct net_device *dev;
	unsigned char *data;
};

struct range {
	u64 first;
	u64 last;
};

struct big_range {
	u64 first;
	u64 last;
	u64 step;
};

struct dentry;
struct linux_binprm;
struct sockaddr;
struct socket;

/* clang-format off */ /* which takes the macro for a call */

/* Something for the compiler to keep; nothing here is ever run. */
#define FUNCTION(ret, name, params)                       \
	ret name params;                                  \
	ret name params                                   \
	{                                                 \
		return (ret)(__UINTPTR_TYPE__)&init_task; \
	}

struct task_struct init_task;

FUNCTION(int, should_failslab, (struct kmem_cache *s, u32 gfpflags))
FUNCTION(bool, should_fail_alloc_page, (u32 gfp_mask, unsigned int order))
FUNCTION(int, should_fail_bio, (struct bio *bio))
FUNCTION(int, open_ctree, (struct file *file, void *fs_devices))
FUNCTION(long, SYS(openat), (const struct pt_regs *regs))
FUNCTION(long, SYS(read), (const struct pt_regs *regs))
FUNCTION(long, SYS(ioctl), (const struct pt_regs *regs))
FUNCTION(bool, within_error_injection_list, (unsigned long address))
FUNCTION(long, vfs_read, (struct file *file, char *buf, size_t count, s64 *pos))
FUNCTION(int, log_message, (const char *format, ...))
FUNCTION(struct file *, open_exec, (const char *name))

FUNCTION(int, dev_open, (struct net_device *dev, enum req_op how))
FUNCTION(int, dev_rename, (struct net_device *dev, const char *name, const char *user_name))
FUNCTION(int, dev_queue_xmit, (struct sk_buff *skb, struct net_device *in))
FUNCTION(int, zap_range, (struct range range, int how))
FUNCTION(int, zap_big_range, (struct big_range range, int how))

void audit_free(struct task_struct *task);
void audit_free(struct task_struct *task)
{
	init_task.pid = task->pid;
}

struct bvec_iter bio_position(struct bio *bio);
struct bvec_iter bio_position(struct bio *bio)
{
	return bio->bi_iter;
}

FUNCTION(int, security_bprm_check, (struct linux_binprm *bprm))
FUNCTION(int, security_file_open, (struct file *file))
FUNCTION(int, security_file_permission, (struct file *file, int mask))
FUNCTION(int, security_inode_mkdir, (struct inode *dir, struct dentry *dentry, u32 mode))
FUNCTION(int, security_inode_rmdir, (struct inode *dir, struct dentry *dentry))
FUNCTION(int, security_socket_connect, (struct socket *sock, struct sockaddr *address, int len))
FUNCTION(int, security_socket_create, (int family, int type, int protocol, int kern))

void security_cred_free(struct cred *cred);
void security_cred_free(struct cred *cred)
{
	init_task.cred = cred;
}
