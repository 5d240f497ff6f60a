<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>ui::ConnectionsWindow</name>
    <message numerus="yes">
        <source>%n connection(s).</source>
        <translation>
            <numerusform>%n connection.</numerusform>
            <numerusform>%n connections.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n connection(s) shown.</source>
        <translation>
            <numerusform>%1 of %n connection shown.</numerusform>
            <numerusform>%1 of %n connections shown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n refused by the adapter&apos;s rules.</source>
        <translation>
            <numerusform>%n refused by the adapter&apos;s rules.</numerusform>
            <numerusform>%n refused by the adapter&apos;s rules.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FileManager</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) copied, %1.</source>
        <translation>
            <numerusform>%n file copied, %1.</numerusform>
            <numerusform>%n files copied, %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n link(s) and the like were left out.</source>
        <translation>
            <numerusform>%n link or the like was left out.</numerusform>
            <numerusform>%n links and the like were left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FilePane</name>
    <message numerus="yes">
        <source>%n entries</source>
        <translation>
            <numerusform>%n entry</numerusform>
            <numerusform>%n entries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected, %1</source>
        <translation>
            <numerusform>%n selected, %1</numerusform>
            <numerusform>%n selected, %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n entries?</source>
        <translation>
            <numerusform>Delete %n entry?</numerusform>
            <numerusform>Delete %n entries?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TrayIcon</name>
    <message numerus="yes">
        <source>Vitrine: %n machine(s) running</source>
        <translation>
            <numerusform>Vitrine: %n machine running</numerusform>
            <numerusform>Vitrine: %n machines running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TypeDialog</name>
    <message numerus="yes">
        <source>%n character(s)</source>
        <translation>
            <numerusform>%n character</numerusform>
            <numerusform>%n characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n second(s).</source>
        <translation>
            <numerusform>It takes about %n second.</numerusform>
            <numerusform>It takes about %n seconds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s).</source>
        <translation>
            <numerusform>It takes about %n minute.</numerusform>
            <numerusform>It takes about %n minutes.</numerusform>
        </translation>
    </message>
</context>
</TS>
