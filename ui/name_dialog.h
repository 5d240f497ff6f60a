// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for a name, and says at once what is wrong with it.
#pragma once

#include <QtWidgets/QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

class NameDialog final : public QDialog
{
    Q_OBJECT
public:
    // `problem` gives a sentence for a name that cannot be had, else nothing.
    using Problem = std::function<QString(const QString &name)>;
    struct Words
    {
        QString title;
        QString label; // "&Name:"
        QString name; // to begin with
        QString accept; // "&Rename"
    };
    NameDialog(const Words &words, Problem problem, QWidget *parent);

    QString name() const;

signals:
    void chosen(const QString &name);

private:
    void check();

    Problem m_problemOf;
    QLineEdit *m_name;
    QLabel *m_problem;
    QPushButton *m_accept;
};

} // namespace ui
