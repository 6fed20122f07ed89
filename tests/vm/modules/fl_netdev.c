// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A network device without hardware that reaches a real driver function.
 *
 * Opening and stopping flnet0 calls mlx5_core's mlx5_cmd_exec() on a device of
 * zeroes. The function finds the command interface down and says so, which
 * counts as success here; any other error is somebody's injection and is passed
 * on. So `ip link set flnet0 up` fails exactly when mlx5_cmd_exec() was made to.
 *
 * The network core ignores what ndo_stop returns, as it does for every driver.
 * Failures at stop are therefore only seen in the counters:
 *
 *	/sys/kernel/debug/fl_netdev/{opens,stops,open_failures,stop_failures}
 *	/sys/kernel/debug/fl_netdev/failures	"COMM CALLS FAILURES" a line
 *	/sys/kernel/debug/fl_netdev/reset	write anything: all become 0
 */
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/mlx5/device.h>
#include <linux/mlx5/driver.h>
#include <linux/mlx5/mlx5_ifc.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

/* More commands than any test has; later ones share the last place. */
#define FL_COMMS 64

struct fl_comm {
	char comm[TASK_COMM_LEN];
	u64 calls;
	u64 failures;
};

static struct net_device *fl_dev;
static struct mlx5_core_dev *fl_mlx5;
static struct dentry *fl_dir;

/* Opens and stops are rare and serialised by RTNL, reading is not. */
static DEFINE_SPINLOCK(fl_lock);
static u64 fl_opens, fl_stops, fl_open_failures, fl_stop_failures;
static struct fl_comm fl_comms[FL_COMMS];

static void fl_count(u64 *calls, u64 *failures, bool failed)
{
	struct fl_comm *c = fl_comms;
	char comm[TASK_COMM_LEN];

	get_task_comm(comm, current);

	spin_lock(&fl_lock);
	(*calls)++;
	*failures += failed;
	while (c < &fl_comms[FL_COMMS - 1] && c->calls && strcmp(c->comm, comm))
		c++;
	if (!c->calls)
		strscpy(c->comm, comm, sizeof(c->comm));
	c->calls++;
	c->failures += failed;
	spin_unlock(&fl_lock);
}

/* fl_answer: what a device that is down answers is no failure. */
static int fl_answer(int err)
{
	return err == -ENOLINK || err == -ENXIO ? 0 : err;
}

static int fl_open(struct net_device *dev)
{
	u32 out[MLX5_ST_SZ_DW(create_tir_out)] = {};
	u32 in[MLX5_ST_SZ_DW(create_tir_in)] = {};
	int err;

	MLX5_SET(create_tir_in, in, opcode, MLX5_CMD_OP_CREATE_TIR);
	err = fl_answer(mlx5_cmd_exec(fl_mlx5, in, sizeof(in), out, sizeof(out)));
	fl_count(&fl_opens, &fl_open_failures, err);
	if (!err)
		netif_start_queue(dev);
	return err;
}

static int fl_stop(struct net_device *dev)
{
	u32 out[MLX5_ST_SZ_DW(destroy_tir_out)] = {};
	u32 in[MLX5_ST_SZ_DW(destroy_tir_in)] = {};
	int err;

	netif_stop_queue(dev);
	MLX5_SET(destroy_tir_in, in, opcode, MLX5_CMD_OP_DESTROY_TIR);
	err = fl_answer(mlx5_cmd_exec(fl_mlx5, in, sizeof(in), out, sizeof(out)));
	fl_count(&fl_stops, &fl_stop_failures, err);
	return err;
}

static netdev_tx_t fl_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops fl_ops = {
	.ndo_open = fl_open,
	.ndo_stop = fl_stop,
	.ndo_start_xmit = fl_xmit,
};

static void fl_setup(struct net_device *dev)
{
	ether_setup(dev);
	eth_hw_addr_random(dev);
	dev->netdev_ops = &fl_ops;
	/* No addresses of its own, so nothing but the tests opens it. */
	dev->flags |= IFF_NOARP;
}

static int failures_show(struct seq_file *m, void *unused)
{
	struct fl_comm *copy = kmalloc(sizeof(fl_comms), GFP_KERNEL);
	int i;

	if (!copy)
		return -ENOMEM;
	spin_lock(&fl_lock);
	memcpy(copy, fl_comms, sizeof(fl_comms));
	spin_unlock(&fl_lock);
	for (i = 0; i < FL_COMMS && copy[i].calls; i++)
		seq_printf(m, "%s %llu %llu\n", copy[i].comm, copy[i].calls,
			   copy[i].failures);
	kfree(copy);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(failures);

static ssize_t reset_write(struct file *file, const char __user *text,
			   size_t size, loff_t *pos)
{
	spin_lock(&fl_lock);
	fl_opens = fl_stops = fl_open_failures = fl_stop_failures = 0;
	memset(fl_comms, 0, sizeof(fl_comms));
	spin_unlock(&fl_lock);
	return size;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = reset_write,
};

static int __init fl_init(void)
{
	int err = -ENOMEM;

	/* Zeroed, the command interface is in none of the states that is up. */
	fl_mlx5 = kvzalloc(sizeof(*fl_mlx5), GFP_KERNEL);
	if (!fl_mlx5)
		return err;
	fl_mlx5->pdev = kzalloc(sizeof(*fl_mlx5->pdev), GFP_KERNEL);
	if (!fl_mlx5->pdev)
		goto free_mlx5;
	fl_mlx5->pdev->error_state = pci_channel_io_normal;

	fl_dev = alloc_netdev(0, "flnet%d", NET_NAME_ENUM, fl_setup);
	if (!fl_dev)
		goto free_pdev;
	err = register_netdev(fl_dev);
	if (err)
		goto free_dev;

	/* debugfs reports its own errors, and is optional by its nature. */
	fl_dir = debugfs_create_dir("fl_netdev", NULL);
	debugfs_create_u64("opens", 0444, fl_dir, &fl_opens);
	debugfs_create_u64("stops", 0444, fl_dir, &fl_stops);
	debugfs_create_u64("open_failures", 0444, fl_dir, &fl_open_failures);
	debugfs_create_u64("stop_failures", 0444, fl_dir, &fl_stop_failures);
	debugfs_create_file("failures", 0444, fl_dir, NULL, &failures_fops);
	debugfs_create_file("reset", 0200, fl_dir, NULL, &reset_fops);
	return 0;

free_dev:
	free_netdev(fl_dev);
free_pdev:
	kfree(fl_mlx5->pdev);
free_mlx5:
	kvfree(fl_mlx5);
	return err;
}

static void __exit fl_exit(void)
{
	debugfs_remove(fl_dir);
	unregister_netdev(fl_dev);
	free_netdev(fl_dev);
	kfree(fl_mlx5->pdev);
	kvfree(fl_mlx5);
}

module_init(fl_init);
module_exit(fl_exit);

MODULE_DESCRIPTION("faultline: a netdev whose open and stop call mlx5_cmd_exec");
MODULE_LICENSE("GPL");
