// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/name_dialog.h"

#include "ui/error_box.h"

#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

NameDialog::NameDialog(const Words &words, Problem problem, QWidget *parent)
    : QDialog(parent)
    , m_problemOf(std::move(problem))
    , m_name(new QLineEdit(words.name, this))
    , m_problem(new QLabel(this))
{
    setObjectName(QStringLiteral("nameDialog"));
    setWindowTitle(words.title);
    m_name->setObjectName(QStringLiteral("name"));
    m_name->selectAll();
    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_accept = buttons->addButton(words.accept, QDialogButtonBox::AcceptRole);
    m_accept->setObjectName(QStringLiteral("accept"));
    m_accept->setDefault(true);
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(words.label, m_name);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addStretch(1);
    layout->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 56);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_name, &QLineEdit::textChanged, this, &NameDialog::check);
    connect(this, &QDialog::accepted, this, [this] { emit chosen(name()); });
    check();
}

QString NameDialog::name() const
{
    return m_name->text().trimmed();
}

void NameDialog::check()
{
    const QString problem = m_problemOf(name());
    m_problem->setText(problem.isEmpty() ? QString() : sentence(problem));
    m_problem->setVisible(!problem.isEmpty());
    m_accept->setEnabled(problem.isEmpty());
}

} // namespace ui
