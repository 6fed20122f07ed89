// SPDX-License-Identifier: GPL-2.0-or-later
/* The driver's function that rules like to be about, and what it is given. */
#include <linux/types.h>

struct mlx5_core_dev {
	void *device;
	int coredev_type;
	enum { MLX5_DEVICE_STATE_UP = 1, MLX5_DEVICE_STATE_INTERNAL_ERROR } state;
	u64 sys_image_guid;
};

int mlx5_cmd_exec(struct mlx5_core_dev *dev, void *in, int in_size, void *out, int out_size);
int mlx5_cmd_exec(struct mlx5_core_dev *dev, void *in, int in_size, void *out, int out_size)
{
	return dev->state + in_size + out_size + (in == out);
}

int mlx5_cmd_do(struct mlx5_core_dev *dev, void *in, int in_size, void *out, int out_size);
int mlx5_cmd_do(struct mlx5_core_dev *dev, void *in, int in_size, void *out, int out_size)
{
	return dev->state - in_size - out_size - (in == out);
}
