// SPDX-License-Identifier: GPL-3.0-or-later
// The USB filters of a machine: a list with check marks, buttons to add and remove, and the fields
// of the chosen one.
#pragma once

#include "engine/machine/usb_filter.h"

#include <QtWidgets/QWidget>

class QLineEdit;
class QListWidget;
class QMenu;
class QToolButton;

namespace ui {

class UsbFilters final : public QWidget
{
    Q_OBJECT
public:
    explicit UsbFilters(QWidget *parent);

    void setFilters(const QList<engine::UsbFilter> &filters);
    const QList<engine::UsbFilter> &filters() const { return m_filters; }

signals:
    void edited();

private:
    struct Field
    {
        QString engine::UsbFilter::*member;
        QLineEdit *line;
    };

    void fillDeviceMenu();
    void add(const engine::UsbFilter &filter);
    void removeCurrent();
    void showCurrent();
    void showList(int current);
    void takeField(const Field &field);

    QList<engine::UsbFilter> m_filters;
    QListWidget *m_list;
    QToolButton *m_add;
    QToolButton *m_remove;
    QMenu *m_devices;
    QList<Field> m_fields;
    bool m_isLoading = false;
};

} // namespace ui
