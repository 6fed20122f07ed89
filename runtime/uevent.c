/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FROM_THE_KERNEL 1 /* the group; udev's own messages are another */
#define MAX_MESSAGE 4096  /* UEVENT_BUFFER_SIZE in include/linux/kobject.h is less */

int fl_uevent_open(void)
{
	const struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = FROM_THE_KERNEL,
	};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			NETLINK_KOBJECT_UEVENT);
	int err;

	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* "add@/module/loop"; entries below a module have more slashes. */
bool fl_uevent_parse(const char *text, const char **module, bool *came)
{
	static const char place[] = "@/module/";
	const char *at = strstr(text, place);

	if (!at || strchr(at + strlen(place), '/') || !at[strlen(place)])
		return false;
	*came = !strncmp(text, "add@", 4);
	*module = at + strlen(place);
	return *came || !strncmp(text, "remove@", 7);
}

void fl_uevent_modules(int fd, void (*fn)(const char *module, bool came, void *arg), void *arg)
{
	char text[MAX_MESSAGE + 1];

	while (fd >= 0) {
		struct sockaddr_nl from = { 0 };
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, text, MAX_MESSAGE, 0, (struct sockaddr *)&from, &len);
		const char *module;
		bool came;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			fn(NULL, false, arg);
			continue;
		}
		if (n < 0)
			return;
		text[n] = '\0';
		if (!from.nl_pid && fl_uevent_parse(text, &module, &came))
			fn(module, came, arg);
	}
}
