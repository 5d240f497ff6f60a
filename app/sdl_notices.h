// SPDX-License-Identifier: GPL-3.0-or-later
// The SDL window's notices: what asks something is a box, all else words over the picture.
#pragma once

#include "ui/notice_board.h"

#include <QtCore/QPointer>
#include <QtWidgets/QMessageBox>

#include <functional>
#include <map>

namespace app {

class SdlNotices final : public ui::NoticeBoard
{
public:
    // Words for a moment; and the window that boxes belong to, which gives the pointer back.
    SdlNotices(std::function<void(const QString &)> say, std::function<QWidget &()> parent);
    ~SdlNotices() override;

    void post(const ui::Notice &notice) override;
    void setText(const QString &key, const QString &text) override;
    void dismiss(const QString &key) override;

private:
    std::function<void(const QString &)> m_say;
    std::function<QWidget &()> m_parent;
    std::map<QString, QPointer<QMessageBox>> m_boxes;
};

} // namespace app
