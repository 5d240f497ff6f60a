// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sdl_notices.h"

#include <QtWidgets/QPushButton>

#include <utility>

namespace app {

SdlNotices::SdlNotices(std::function<void(const QString &)> say, std::function<QWidget &()> parent)
    : m_say(std::move(say))
    , m_parent(std::move(parent))
{ }

SdlNotices::~SdlNotices()
{
    for (const auto &[key, box] : m_boxes)
        delete box.data();
}

void SdlNotices::post(const ui::Notice &notice)
{
    dismiss(notice.key);
    // A box for something that goes on would be in its way.
    if (notice.buttons.isEmpty() || !notice.canBeDismissed) {
        m_say(notice.text);
        return;
    }
    auto *const box = new QMessageBox(
        notice.kind == ui::Notice::Kind::Warning ? QMessageBox::Warning : QMessageBox::Question,
        QString(), notice.text, QMessageBox::Cancel, &m_parent());
    box->setObjectName(notice.key);
    box->setAttribute(Qt::WA_DeleteOnClose);
    for (const ui::Notice::Button &button : notice.buttons) {
        QPushButton *const made = box->addButton(button.text, QMessageBox::AcceptRole);
        made->setObjectName(button.name);
        QObject::connect(made, &QPushButton::clicked, box, button.clicked);
    }
    m_boxes[notice.key] = box;
    box->open();
}

void SdlNotices::setText(const QString &key, const QString &text)
{
    if (const auto found = m_boxes.find(key); found != m_boxes.end() && found->second)
        found->second->setText(text);
    else
        m_say(text);
}

void SdlNotices::dismiss(const QString &key)
{
    const auto found = m_boxes.find(key);
    if (found == m_boxes.end())
        return;
    // Later: one of its buttons may have said so.
    if (found->second) {
        found->second->hide();
        found->second->deleteLater();
    }
    m_boxes.erase(found);
}

} // namespace app
