// SPDX-License-Identifier: GPL-3.0-or-later
// What a translator may not lose: place markers, tags, mnemonics where a key is expected. Texts
// that are not translated yet are English and no error.
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QXmlStreamReader>

#include <algorithm>

namespace {

struct Message
{
    QString context;
    QString source;
    QStringList translations; // plural forms
    bool isPlural = false;
};

QList<Message> readMessages(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    QList<Message> messages;
    QXmlStreamReader xml(&file);
    QString context;
    Message message;
    while (!xml.atEnd()) {
        xml.readNext();
        const auto name = xml.name();
        if (xml.isStartElement()) {
            if (name == QLatin1String("name"))
                context = xml.readElementText();
            else if (name == QLatin1String("message"))
                message = {
                    context, {}, {}, xml.attributes().hasAttribute(QLatin1String("numerus"))};
            else if (name == QLatin1String("source"))
                message.source = xml.readElementText();
            else if (name == QLatin1String("numerusform")
                     || (name == QLatin1String("translation") && !message.isPlural))
                message.translations.append(xml.readElementText());
        } else if (xml.isEndElement() && name == QLatin1String("message")) {
            messages.append(message);
        }
    }
    if (xml.hasError())
        qFatal("%s: %s", qPrintable(path), qPrintable(xml.errorString()));
    return messages;
}

QStringList markers(const QString &text)
{
    static const QRegularExpression Marker(
        QStringLiteral("%L?\\d+|%n|<[^>]+>|\\(\\*\\.[^)]*\\)|\\*\\.\\w+"));
    QStringList found;
    auto it = Marker.globalMatch(text);
    while (it.hasNext())
        found.append(it.next().captured());
    found.sort();
    return found;
}

qsizetype mnemonics(const QString &text)
{
    static const QRegularExpression Mnemonic(QStringLiteral("(?<!&)&(?![&\\s])"));
    return text.count(Mnemonic);
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsLost_data();
    void nothingIsLost();
    void thePseudoTranslationIsLongerAndWhole();
};

void TestTranslations::nothingIsLost_data()
{
    QTest::addColumn<QString>("file");
    const QDir folder(qEnvironmentVariable("VITRINE_SOURCE_DIR")
                      + QStringLiteral("/resources/translations"));
    const QStringList files = folder.entryList({QStringLiteral("*.ts")});
    QVERIFY(files.size() >= 2);
    for (const QString &file : files)
        QTest::newRow(qPrintable(file)) << folder.filePath(file);
}

void TestTranslations::nothingIsLost()
{
    QFETCH(QString, file);
    const QList<Message> messages = readMessages(file);
    QVERIFY(!messages.isEmpty());
    QStringList wrong;
    for (const Message &message : messages) {
        for (const QString &translation : message.translations) {
            if (translation.isEmpty())
                continue;
            if (markers(translation) != markers(message.source)
                || mnemonics(translation) != mnemonics(message.source)
                || translation.endsWith(u'\n') != message.source.endsWith(u'\n'))
                wrong.append(QStringLiteral("%1: \"%2\" became \"%3\"")
                                 .arg(message.context, message.source, translation));
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestTranslations::thePseudoTranslationIsLongerAndWhole()
{
    const QString file = qEnvironmentVariable("VITRINE_BUILD_DIR")
        + QStringLiteral("/resources/translations/vitrine_en_XA.ts");
    if (!QFile::exists(file))
        QSKIP("built without Qt's translation tools");
    const QList<Message> messages = readMessages(file);
    QVERIFY(messages.size() > 300);
    for (const Message &message : messages) {
        for (const QString &translation : message.translations) {
            QVERIFY2(markers(translation) == markers(message.source), qPrintable(translation));
            QCOMPARE(mnemonics(translation), mnemonics(message.source));
            if (!message.source.contains(QLatin1String("(*")))
                QVERIFY2(translation.size() > message.source.size(), qPrintable(translation));
        }
    }
}

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
