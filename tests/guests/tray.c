// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's program: tray DEVICE eject|close|lock|unlock|status. An optical drive is told by what
// Linux calls it (uapi/linux/cdrom.h); busybox has no command of its own for it everywhere.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

static int tell(int drive, const char *order)
{
    if (strcmp(order, "eject") == 0)
        return ioctl(drive, CDROMEJECT, 0);
    if (strcmp(order, "close") == 0)
        return ioctl(drive, CDROMCLOSETRAY, 0);
    if (strcmp(order, "lock") == 0)
        return ioctl(drive, CDROM_LOCKDOOR, 1);
    if (strcmp(order, "unlock") == 0)
        return ioctl(drive, CDROM_LOCKDOOR, 0);
    return ioctl(drive, CDROM_DRIVE_STATUS, CDSL_CURRENT);
}

static const char *statusName(int status)
{
    switch (status) {
    case CDS_NO_DISC:
        return "no disc";
    case CDS_TRAY_OPEN:
        return "open";
    case CDS_DISC_OK:
        return "disc";
    default:
        return "other";
    }
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    // Without O_NONBLOCK it would wait for a medium and lock the tray.
    const int drive = open(words[1], O_RDONLY | O_NONBLOCK);
    const int result = drive < 0 ? -1 : tell(drive, words[2]);
    const int isStatus = strcmp(words[2], "status") == 0;
    if (result < 0)
        printf("TRAY %s: %s\n", words[2], strerror(errno));
    else if (isStatus)
        printf("TRAY %s: %s\n", words[2], statusName(result));
    else // more than 0: the drive's own error
        printf("TRAY %s: %s\n", words[2], result == 0 ? "done" : "refused");
    return result < 0 || (!isStatus && result > 0);
}
