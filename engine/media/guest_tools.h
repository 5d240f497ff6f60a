// SPDX-License-Identifier: GPL-3.0-or-later
// The guest tools: an image for Linux guests with a script that installs the agents
// (resources/guest-tools), and with the agents' packages where this computer has them or can get
// them. Made anew each time, which takes no time; a running machine keeps the one it has.
//
// Any thread; waits for what it starts.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <chrono>
#include <functional>

namespace engine {

// Whom the packages of this computer are for.
struct PackageRelease
{
    QString id; // of os-release(5): "debian"
    QString version; // "12"
    QString architecture; // of dpkg: "amd64"

    bool isKnown() const { return !id.isEmpty() && !version.isEmpty() && !architecture.isEmpty(); }
};

PackageRelease hostRelease(); // not known where packages are not Debian's

struct GuestToolsRequest
{
    QString path; // of the image
    QString script; // the folder of what is on it anyway; empty: this program's
    QStringList packageFolders; // looked through in this order
    PackageRelease release = hostRelease();
    // Where and how packages that were found nowhere are fetched; empty: not at all.
    QString downloadFolder;
    std::function<Result<>(const QString &folder, const QStringList &packages)> download;
};

struct GuestTools
{
    QString path;
    QStringList packages; // file names, in the order of their names
    QString note; // why packages are missing; empty when none is
};

// At guestToolsImage() (guest_tools_image.h), with packages from apt's cache and the user's, else
// by apt-get download.
GuestToolsRequest usualGuestTools();

Result<GuestTools> makeGuestTools(const GuestToolsRequest &request);

} // namespace engine
