// SPDX-License-Identifier: GPL-3.0-or-later
// Has the guest tools' disc made (engine/media/guest_tools.h): by vitrinectl, so that no running
// machine needs what that takes, and none waits for a package to be fetched.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QObject>
#include <QtCore/QProcess>

#include <functional>

namespace ui {

class GuestToolsMaker final : public QObject
{
    Q_OBJECT
public:
    struct Made
    {
        QString path;
        bool hasPackages = false; // else a guest fetches what it needs by itself
    };
    using Reply = std::function<void(engine::Result<Made>)>;

    explicit GuestToolsMaker(QObject *parent = nullptr);
    ~GuestToolsMaker() override; // what is unfinished is ended and not answered

    bool isBusy() const { return bool(m_reply); }
    void make(Reply reply); // not while it is busy

private:
    void finish();

    QProcess m_process;
    Reply m_reply;
};

} // namespace ui
