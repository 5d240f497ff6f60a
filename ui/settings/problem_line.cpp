// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/problem_line.h"

#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/settings/wrapped_label.h"

#include <QtCore/QEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include <algorithm>

namespace ui {

namespace {

constexpr int IconSide = 16;

bool isError(const engine::DefinitionProblem &problem)
{
    return problem.severity == engine::DefinitionProblem::Severity::Error;
}

} // namespace

ProblemLine::ProblemLine(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_text(new WrappedLabel(this))
{
    setObjectName(QStringLiteral("problem"));
    m_text->setObjectName(QStringLiteral("problemText"));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 4);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    hide();
}

void ProblemLine::show(const QList<engine::DefinitionProblem> &problems)
{
    QStringList lines;
    for (const bool wanted : {true, false}) {
        for (const engine::DefinitionProblem &problem : problems) {
            const QString line = sentence(problem.text);
            if (isError(problem) == wanted && !lines.contains(line))
                lines.append(line);
        }
    }
    m_isError = hasError(problems);
    if (!lines.isEmpty())
        drawIcon();
    const QString text = lines.join(u'\n');
    if (m_text->text() != text)
        m_text->setText(text);
    setAccessibleName(m_isError ? tr("Problem") : tr("Warning"));
    setAccessibleDescription(text);
    setVisible(!lines.isEmpty());
}

QString ProblemLine::text() const
{
    return m_text->text();
}

void ProblemLine::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

void ProblemLine::drawIcon()
{
    const QString name =
        m_isError ? QStringLiteral("dialog-error") : QStringLiteral("dialog-warning");
    m_icon->setPixmap(icon(name).pixmap(QSize(IconSide, IconSide), devicePixelRatioF()));
}

bool hasError(const QList<engine::DefinitionProblem> &problems)
{
    return std::any_of(problems.begin(), problems.end(), isError);
}

} // namespace ui
