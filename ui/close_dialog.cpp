// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/close_dialog.h"

#include "ui/console_actions.h"

#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOptionButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

CloseDialog::CloseDialog(const engine::MachineStatus &status, CloseChoice preselected,
                         QWidget *parent)
    : QDialog(parent)
    , m_choicesLayout(new QVBoxLayout)
    , m_choices(new QButtonGroup(this))
    , m_remember(new QCheckBox(tr("&Remember this and do not ask again"), this))
{
    setObjectName(QStringLiteral("closeDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Close \"%1\"").arg(status.name));

    auto *question = new QLabel(tr("What should happen to \"%1\"?").arg(status.name), this);
    question->setTextFormat(Qt::PlainText);
    question->setWordWrap(true);
    QFont bold = question->font();
    bold.setBold(true);
    question->setFont(bold);

    addChoice(CloseChoice::Background, QStringLiteral("chooseBackground"),
              tr("&Keep it running in the background"),
              tr("Only the window closes. Show brings it back from the manager."));
    addChoice(CloseChoice::SaveState, QStringLiteral("chooseSaveState"), tr("Sa&ve its state"),
              tr("It goes on where it is now when it is started again."));
    addChoice(CloseChoice::Shutdown, QStringLiteral("chooseShutdown"),
              tr("Send the &shutdown signal"),
              tr("The guest is asked to shut down, as by a computer's power button."));
    addChoice(CloseChoice::PowerOff, QStringLiteral("choosePowerOff"), tr("Power it &off"),
              status.isDisposableRun
                  ? tr("Nothing of this disposable run is kept.")
                  : tr("Like pulling the plug: what the guest has not saved is lost."));

    m_remember->setObjectName(QStringLiteral("remember"));
    m_remember->setToolTip(tr("Machine > Close… asks nevertheless, and the preferences can "
                              "change it."));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &CloseDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &CloseDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(question);
    layout->addSpacing(6);
    layout->addLayout(m_choicesLayout);
    layout->addSpacing(6);
    layout->addWidget(m_remember);
    layout->addStretch(1);
    layout->addWidget(buttons);
    layout->setSizeConstraint(QLayout::SetFixedSize);

    setStatus(status);
    QAbstractButton *wanted = m_choices->button(int(preselected));
    if (wanted == nullptr || !wanted->isEnabled())
        wanted = m_choices->button(int(CloseChoice::Background));
    wanted->setChecked(true);
    wanted->setFocus();
}

void CloseDialog::addChoice(CloseChoice choice, const QString &name, const QString &text,
                            const QString &explanation)
{
    auto *button = new QRadioButton(text, this);
    button->setObjectName(name);
    button->setAccessibleDescription(explanation);
    m_choices->addButton(button, int(choice));
    m_explanations.insert(int(choice), explanation);
    auto *label = new QLabel(explanation, this);
    label->setObjectName(name + QStringLiteral("Explanation"));
    const int indent = style()->pixelMetric(QStyle::PM_ExclusiveIndicatorWidth, nullptr, button)
        + style()->pixelMetric(QStyle::PM_RadioButtonLabelSpacing, nullptr, button);
    label->setContentsMargins(indent, 0, 0, 6);
    m_choicesLayout->addWidget(button);
    m_choicesLayout->addWidget(label);
}

void CloseDialog::setStatus(const engine::MachineStatus &status)
{
    follow(CloseChoice::SaveState, whyNot(status, engine::Feature::SaveState));
    follow(CloseChoice::Shutdown, whyNot(status, engine::Feature::PowerButton));
}

void CloseDialog::follow(CloseChoice choice, const QString &whyNot)
{
    QAbstractButton *button = m_choices->button(int(choice));
    button->setEnabled(whyNot.isEmpty());
    auto *explanation = findChild<QLabel *>(button->objectName() + QStringLiteral("Explanation"));
    explanation->setEnabled(whyNot.isEmpty());
    explanation->setText(whyNot.isEmpty() ? m_explanations.value(int(choice)) : whyNot);
    if (!whyNot.isEmpty() && button->isChecked())
        m_choices->button(int(CloseChoice::Background))->setChecked(true);
}

void CloseDialog::accept()
{
    emit chosen(CloseChoice(m_choices->checkedId()), m_remember->isChecked());
    QDialog::accept();
}

} // namespace ui
