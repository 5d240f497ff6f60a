// SPDX-License-Identifier: GPL-3.0-or-later
// Whom the guest is talking to, live, with a filter; what a rule refused is marked. Asks the
// machine once a second while it is open (network.connections).
#pragma once

#include "engine/control/control_client.h"

#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace ui {

class ConnectionModel;

class ConnectionsWindow final : public QDialog
{
    Q_OBJECT
public:
    // `client` outlives the window.
    ConnectionsWindow(engine::ControlClient &client, QWidget *parent);

private:
    void refresh();
    void take(const engine::Result<QJsonObject> &answer);
    void updateSummary();
    void copySelection();

    engine::ControlClient &m_client;
    ConnectionModel *m_model;
    QSortFilterProxyModel *m_filter;
    QLineEdit *m_filterEdit;
    QCheckBox *m_onlyRefused;
    QTreeView *m_view;
    QLabel *m_summary;
    QTimer m_timer;
    bool m_isAsking = false;
    bool m_hasAnswer = false;
};

} // namespace ui
