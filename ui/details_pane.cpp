// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details_pane.h"

#include "engine/machine/qt_text.h"
#include "ui/icons.h"
#include "ui/machine_facts.h"

#include <QtCore/QEvent>
#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QFrame>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr char SectionProperty[] = "section";
constexpr int TileSide = 48;
constexpr QSize PreviewSize(224, 140);

constexpr int LongestNameWord = 12; // in large letters beside the preview
constexpr int LongestWord = 24;

// A name may be one long word, which no label breaks by itself. For looking at, not for copying.
QString breakable(const QString &text, int longestWord = LongestWord)
{
    const QChar breakHere(0x200b); // zero width space
    QString parts;
    for (const QString &word : text.split(u' ')) {
        if (!parts.isEmpty())
            parts += u' ';
        if (word.size() <= longestWord) {
            parts += word;
            continue;
        }
        int length = 0;
        for (const QChar character : word) {
            parts += character;
            ++length;
            // Better behind a slash than inside a name.
            const bool isSeam = length > 3 && (character == u'/' || character == u'-');
            if ((isSeam || length >= longestWord) && !character.isHighSurrogate()) {
                parts += breakHere;
                length = 0;
            }
        }
    }
    return parts;
}

// Gives what it was given, without the places where it may be broken.
class ValueLabel final : public QLabel
{
public:
    using QLabel::QLabel;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->matches(QKeySequence::Copy))
            copy();
        else
            QLabel::keyPressEvent(event);
    }

    void contextMenuEvent(QContextMenuEvent *event) override
    {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        QAction *action = menu->addAction(DetailsPane::tr("&Copy"));
        connect(action, &QAction::triggered, this, [this] { copy(); });
        menu->popup(event->globalPos());
    }

private:
    void copy() const
    {
        QString words = hasSelectedText() ? selectedText() : text();
        QGuiApplication::clipboard()->setText(words.remove(QChar(0x200b)));
    }
};

QLabel *valueLabel(const QString &text, QWidget *parent)
{
    auto *label = new ValueLabel(breakable(text), parent);
    label->setTextFormat(Qt::PlainText); // names come from files of anybody's making
    label->setWordWrap(true);
    label->setMinimumWidth(1); // a name without a space must not widen the pane
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    label->setSizePolicy(policy);
    return label;
}

QFrame *boxFrame(const QString &id, const QString &title, const QString &iconName, QWidget *parent,
                 QGridLayout *&grid)
{
    auto *frame = new QFrame(parent);
    frame->setObjectName(QStringLiteral("box.") + id);
    frame->setFrameShape(QFrame::StyledPanel);
    frame->setAccessibleName(title);
    frame->setAutoFillBackground(true);
    frame->setBackgroundRole(QPalette::Base);
    auto *layout = new QVBoxLayout(frame);
    layout->setSpacing(6);
    auto *header = new QHBoxLayout;
    auto *picture = new QLabel(frame);
    picture->setPixmap(icon(iconName).pixmap(QSize(20, 20), frame->devicePixelRatioF()));
    auto *heading = new QLabel(title, frame);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    header->addWidget(picture);
    header->addWidget(heading, 1);
    layout->addLayout(header);
    grid = new QGridLayout;
    grid->setContentsMargins(26, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(3);
    grid->setColumnStretch(1, 1);
    layout->addLayout(grid);
    return frame;
}

} // namespace

PreviewWidget::PreviewWidget(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("preview"));
    setAccessibleName(tr("Preview of the screen"));
    setFixedSize(PreviewSize);
}

void PreviewWidget::show(const QImage &picture, MachineState state)
{
    m_picture = picture;
    m_state = state;
    setAccessibleDescription(stateText(state));
    update();
}

QSize PreviewWidget::sizeHint() const
{
    return PreviewSize;
}

void PreviewWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    // A screen that is off is dark on every desktop.
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0x20, 0x28, 0x31));
    painter.drawRoundedRect(rect(), 6, 6);
    const QRect inner = rect().adjusted(5, 5, -5, -5);
    if (!m_picture.isNull()) {
        QRect place(QPoint(), m_picture.size().scaled(inner.size(), Qt::KeepAspectRatio));
        place.moveCenter(inner.center());
        painter.drawImage(place, m_picture);
    }
    if (m_picture.isNull() || m_state == MachineState::Paused) {
        if (!m_picture.isNull())
            painter.fillRect(inner, QColor(0, 0, 0, 140));
        painter.setPen(QColor(0xe8, 0xee, 0xf2));
        painter.drawText(inner, int(Qt::AlignCenter) | int(Qt::TextWordWrap), stateText(m_state));
    }
}

DetailsPane::DetailsPane(QWidget *parent)
    : QScrollArea(parent)
    , m_content(new QWidget(this))
    , m_tile(new QLabel(m_content))
    , m_name(new QLabel(m_content))
    , m_state(new QLabel(m_content))
    , m_preview(new PreviewWidget(m_content))
    , m_layout(new QVBoxLayout(m_content))
{
    setObjectName(QStringLiteral("details"));
    setAccessibleName(tr("Details of the selected machine"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    m_name->setObjectName(QStringLiteral("details.name"));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setWordWrap(true);
    m_name->setMinimumWidth(1); // a name without a space must not widen the pane
    QFont large = m_name->font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    large.setWeight(QFont::DemiBold);
    m_name->setFont(large);
    m_state->setObjectName(QStringLiteral("details.state"));
    m_state->setTextFormat(Qt::PlainText);

    auto *words = new QVBoxLayout;
    words->addStretch();
    words->addWidget(m_name);
    words->addWidget(m_state);
    words->addStretch();
    auto *header = new QHBoxLayout;
    header->setSpacing(12);
    header->addWidget(m_tile, 0, Qt::AlignVCenter);
    header->addLayout(words, 1);
    header->addWidget(m_preview, 0, Qt::AlignTop);
    m_layout->setSpacing(10);
    m_layout->addLayout(header);
    m_layout->addStretch();
    setWidget(m_content);
    clear();
}

void DetailsPane::clear()
{
    m_content->hide();
    m_shown.clear();
}

void DetailsPane::showMachine(const engine::MachineEntry &entry, MachineState state,
                              const engine::MachineStatus *status)
{
    const QIcon tile = entry.isAccessible() ? osIcon(entry.definition.osId)
                                            : icon(QStringLiteral("dialog-warning"));
    m_tile->setPixmap(tile.pixmap(QSize(TileSide, TileSide), devicePixelRatioF()));
    m_name->setText(breakable(entry.displayName(), LongestNameWord));
    m_name->setAccessibleName(entry.displayName());
    m_state->setText(stateText(state));
    m_preview->setVisible(entry.isAccessible());
    rebuild(entry, status);
    m_content->show();
}

void DetailsPane::showPicture(const QImage &picture, MachineState state)
{
    m_preview->show(picture, state);
}

void DetailsPane::rebuild(const engine::MachineEntry &entry, const engine::MachineStatus *status)
{
    QList<FactBox> boxes = machineFacts(entry, status);
    if (!entry.isAccessible()) {
        FactBox problem{QStringLiteral("problem"),
                        tr("This machine cannot be read"),
                        QStringLiteral("dialog-error"),
                        {}};
        problem.facts.append({tr("Folder"), entry.folder});
        problem.facts.append({tr("Problem"), engine::errorText(*entry.error)});
        const QString remedy = engine::toQString(entry.error->remedy());
        problem.facts.append(
            {tr("What to do"),
             remedy.isEmpty()
                 ? tr("Mend or replace the file, or take the machine off the list with Remove.")
                 : remedy});
        boxes.append(problem);
    }
    showBoxes(boxes);
}

void DetailsPane::showGroup(const QString &name, const QList<Fact> &machines)
{
    m_tile->setPixmap(
        icon(QStringLiteral("folder-open")).pixmap(QSize(TileSide, TileSide), devicePixelRatioF()));
    m_name->setText(breakable(name, LongestNameWord));
    m_name->setAccessibleName(name);
    m_state->setText(tr("Machines: %1").arg(machines.size()));
    m_preview->setVisible(false);
    FactBox box{QStringLiteral("group"), tr("Machines"), QStringLiteral("computer"), {}};
    // A pane is for reading.
    constexpr qsizetype MaxShown = 100;
    box.facts = machines.mid(0, MaxShown);
    if (machines.size() > MaxShown)
        box.facts.append({tr("and more"), QLocale().toString(machines.size() - MaxShown)});
    showBoxes({box});
    m_content->show();
}

void DetailsPane::showBoxes(const QList<FactBox> &boxes)
{
    QString words = QString::number(devicePixelRatioF()) + palette().windowText().color().name();
    for (const FactBox &box : boxes) {
        words += u'\n' + box.title;
        for (const Fact &fact : box.facts)
            words += u'\n' + fact.label + u'\t' + fact.value;
    }
    if (words == m_shown)
        return;
    m_shown = words;

    delete m_boxes;
    m_boxes = new QWidget(m_content);
    auto *layout = new QVBoxLayout(m_boxes);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    int labelWidth = 0;
    for (const FactBox &box : boxes)
        for (const Fact &fact : box.facts)
            labelWidth = qMax(labelWidth, fontMetrics().horizontalAdvance(fact.label) + 2);
    labelWidth = qMin(labelWidth, 220);
    for (const FactBox &box : boxes) {
        QGridLayout *grid = nullptr;
        QFrame *frame = boxFrame(box.id, box.title, box.iconName, m_boxes, grid);
        frame->setProperty(SectionProperty, box.id);
        frame->installEventFilter(this);
        if (box.id != QLatin1String("problem") && box.id != QLatin1String("group"))
            frame->setToolTip(tr("Double-click to change it"));
        layout->addWidget(frame);
        for (int row = 0; row < box.facts.size(); ++row) {
            const Fact &fact = box.facts.at(row);
            auto *label = new QLabel(breakable(fact.label), m_boxes);
            label->setTextFormat(Qt::PlainText);
            label->setForegroundRole(QPalette::PlaceholderText);
            label->setFixedWidth(labelWidth);
            label->setWordWrap(true);
            QLabel *value = valueLabel(fact.value, m_boxes);
            value->setAccessibleName(fact.label);
            value->setProperty(SectionProperty, box.id);
            value->installEventFilter(this);
            grid->addWidget(label, row, 0, Qt::AlignTop);
            grid->addWidget(value, row, 1);
        }
    }
    m_layout->insertWidget(1, m_boxes);
}

// Labels let the click through to their section's frame.
bool DetailsPane::eventFilter(QObject *watched, QEvent *event)
{
    const QString section = watched->property(SectionProperty).toString();
    if (event->type() == QEvent::MouseButtonDblClick && !section.isEmpty()) {
        emit sectionChosen(section);
        return true;
    }
    return QScrollArea::eventFilter(watched, event);
}

} // namespace ui
