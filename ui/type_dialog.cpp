// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/type_dialog.h"

#include "engine/control/keyboard_layout.h"
#include "engine/control/type_text.h"
#include "engine/machine/qt_text.h"
#include "ui/layout_choice.h"

#include <QtCore/QLocale>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr int LinesShown = 8;
constexpr qsizetype CharactersShown = 2000;
constexpr qsizetype MuchText = 1000;
constexpr int SlowRate = 8; // GRUB and firmware in software emulation
constexpr int UsualRate = 40;
constexpr int FastRate = 150;

QString beginning(const QString &text)
{
    const QStringList lines = text.left(CharactersShown).split(u'\n');
    QString shown = lines.mid(0, LinesShown).join(u'\n');
    if (shown.size() < text.size())
        shown += QLatin1String(" \u2026");
    return shown;
}

QString lineEnds(QString text)
{
    text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
    text.replace(u'\r', u'\n');
    return text;
}

} // namespace

TypeDialog::TypeDialog(const QString &text, const QUuid &machine, QWidget *parent)
    : QDialog(parent)
    , m_text(lineEnds(text))
    , m_machine(machine)
    , m_layout(new LayoutChoice(machine, this))
    , m_speed(new QComboBox(this))
    , m_time(new QLabel(this))
    , m_missing(new QLabel(this))
    , m_leaveOut(new QCheckBox(tr("&Leave these characters out"), this))
{
    setObjectName(QStringLiteral("typeDialog"));
    setWindowTitle(tr("Type Clipboard"));
    const QLocale locale;
    const auto lines = m_text.count(u'\n') + (m_text.endsWith(u'\n') ? 0 : 1);
    auto *summary =
        new QLabel(tr("%1 in %2 will be typed into the guest, key by key, where its cursor is.")
                       .arg(tr("%n character(s)", nullptr, int(m_text.toUcs4().size())),
                            tr("%n line(s)", nullptr, int(lines))),
                   this);
    summary->setObjectName(QStringLiteral("summary"));
    summary->setWordWrap(true);

    auto *preview = new QPlainTextEdit(beginning(m_text), this);
    preview->setObjectName(QStringLiteral("preview"));
    preview->setAccessibleName(tr("How the text begins"));
    preview->setReadOnly(true);
    preview->setTabChangesFocus(true);
    preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    preview->setFixedHeight(preview->fontMetrics().lineSpacing() * 6);

    auto *warning = new QLabel(this);
    warning->setObjectName(QStringLiteral("warning"));
    warning->setWordWrap(true);
    QStringList warnings;
    if (m_text.contains(u'\n'))
        warnings.append(tr("Each line end presses Enter: a command line runs each line at once."));
    if (m_text.size() > MuchText)
        warnings.append(tr("This is much text. A shared folder or a disc moves it faster."));
    warning->setText(warnings.isEmpty() ? QString() : tr("\u26a0 %1").arg(warnings.join(u'\n')));
    warning->setVisible(!warnings.isEmpty());

    m_speed->setObjectName(QStringLiteral("speed"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->addItem(tr("Slow, for boot menus and firmware"), SlowRate);
    m_speed->addItem(tr("Usual"), UsualRate);
    m_speed->addItem(tr("Fast, for a guest that keeps up"), FastRate);
    m_speed->setCurrentIndex(1);

    m_time->setObjectName(QStringLiteral("time"));
    m_time->setWordWrap(true);
    m_missing->setObjectName(QStringLiteral("missing"));
    m_missing->setTextFormat(Qt::PlainText);
    m_missing->setWordWrap(true);
    m_leaveOut->setObjectName(QStringLiteral("leaveOut"));

    auto *form = new QFormLayout;
    const auto addRow = [&](const QString &words, QWidget *field) {
        auto *label = new QLabel(words, this);
        label->setBuddy(field);
        form->addRow(label, field);
    };
    addRow(tr("The guest's &keyboard layout:"), m_layout);
    addRow(tr("&Speed:"), m_speed);

    auto *hint = new QLabel(tr("Caps Lock should be off in the guest."), this);
    hint->setWordWrap(true);
    hint->setForegroundRole(QPalette::PlaceholderText);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_type = buttons->addButton(tr("&Type"), QDialogButtonBox::AcceptRole);
    m_type->setObjectName(QStringLiteral("type"));
    m_type->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &TypeDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(summary);
    layout->addWidget(preview);
    layout->addWidget(warning);
    layout->addLayout(form);
    layout->addWidget(m_missing);
    layout->addWidget(m_leaveOut);
    layout->addWidget(m_time);
    layout->addWidget(hint);
    layout->addStretch();
    layout->addWidget(buttons);
    setMinimumWidth(520);

    connect(m_layout, &LayoutChoice::layoutChanged, this, &TypeDialog::look);
    connect(m_speed, &QComboBox::currentIndexChanged, this, &TypeDialog::look);
    connect(m_leaveOut, &QCheckBox::toggled, this, &TypeDialog::look);
    look();
    m_type->setFocus();
}

void TypeDialog::look()
{
    const auto layout = engine::KeyboardLayout::load(m_layout->layoutId());
    if (!layout) {
        m_missing->setText(tr("\u26a0 %1").arg(engine::errorText(layout.error())));
        m_missing->show();
        m_leaveOut->hide();
        m_type->setEnabled(false);
        return;
    }
    m_missingCharacters =
        (*layout)->missingCharacters(m_text.normalized(QString::NormalizationForm_C));
    const bool isComplete = m_missingCharacters.isEmpty();
    m_missing->setText(isComplete ? QString()
                                  : tr("\u26a0 This layout cannot type %1.")
                                        .arg(engine::characterList(m_missingCharacters)));
    m_missing->setVisible(!isComplete);
    m_leaveOut->setVisible(!isComplete);
    const bool canType = (isComplete || m_leaveOut->isChecked()) && !text().isEmpty();
    m_type->setEnabled(canType);
    const int seconds = int(text().size()) / rate();
    m_time->setText(seconds < 2 ? QString()
                        : seconds < 90
                        ? tr("It takes about %n second(s).", nullptr, seconds)
                        : tr("It takes about %n minute(s).", nullptr, (seconds + 30) / 60));
    m_time->setVisible(!m_time->text().isEmpty());
    makeRoom();
}

// Layouts do not count the lines that a label breaks into; the preview would be under them.
void TypeDialog::makeRoom()
{
    if (layout() == nullptr)
        return; // still in the constructor
    layout()->activate();
    setMinimumHeight(layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width())
                                                   : layout()->minimumSize().height());
}

void TypeDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    makeRoom();
}

QString TypeDialog::text() const
{
    const QString whole = m_text.normalized(QString::NormalizationForm_C);
    if (m_missingCharacters.isEmpty())
        return whole;
    QString kept;
    const QList<uint> characters = whole.toUcs4();
    for (const char32_t character : characters) {
        if (!m_missingCharacters.contains(character))
            kept += QString::fromUcs4(&character, 1);
    }
    return kept;
}

QString TypeDialog::layoutName() const
{
    return m_layout->layoutId();
}

int TypeDialog::rate() const
{
    return m_speed->currentData().toInt();
}

void TypeDialog::accept()
{
    rememberGuestLayout(m_machine, layoutName());
    QDialog::accept();
}

} // namespace ui
