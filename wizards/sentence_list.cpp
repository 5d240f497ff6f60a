// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/sentence_list.h"

#include "wizards/wrap_label.h"

#include <QtWidgets/QVBoxLayout>

namespace wizards {

SentenceList::SentenceList(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(2);
}

void SentenceList::setSentences(const QList<engine::FitSentence> &sentences)
{
    // Labels are kept: nothing flickers while somebody turns a value.
    while (m_labels.size() > sentences.size())
        delete m_labels.takeLast();
    while (m_labels.size() < sentences.size()) {
        auto *label = new WrapLabel(this);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_layout->addWidget(label);
        m_labels.append(label);
    }
    for (qsizetype i = 0; i < sentences.size(); ++i) {
        const engine::FitSentence &sentence = sentences.at(i);
        QString text;
        QFont font = this->font();
        switch (sentence.severity) {
        case engine::FitSentence::Severity::Good:
            //: In front of something that is all right
            text = tr("\u2713 %1.").arg(sentence.text);
            break;
        case engine::FitSentence::Severity::Warning:
            //: In front of a warning
            text = tr("\u26a0 %1.").arg(sentence.text);
            break;
        case engine::FitSentence::Severity::Problem:
            //: In front of what makes something impossible
            text = tr("\u2716 %1.").arg(sentence.text);
            font.setBold(true);
            break;
        }
        QLabel &label = *m_labels.at(i);
        if (label.text() == text)
            continue;
        label.setText(text);
        label.setAccessibleName(text);
        label.setFont(font);
    }
    setVisible(!sentences.isEmpty());
}

QStringList SentenceList::texts() const
{
    QStringList texts;
    for (const QLabel *label : m_labels)
        texts.append(label->text());
    return texts;
}

} // namespace wizards
