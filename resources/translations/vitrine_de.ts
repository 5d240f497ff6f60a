<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>PlanSummary</name>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>new disk of %1</source>
        <translation>neue Platte mit %1</translation>
    </message>
    <message>
        <source>%1, used where it is</source>
        <translation>%1, benutzt, wo sie ist</translation>
    </message>
    <message>
        <source>copy of %1</source>
        <translation>Kopie von %1</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>UEFI with Secure Boot</source>
        <translation>UEFI mit Secure Boot</translation>
    </message>
    <message>
        <source>, TPM 2.0</source>
        <translation>, TPM 2.0</translation>
    </message>
    <message>
        <source>, TPM 1.2</source>
        <translation>, TPM 1.2</translation>
    </message>
    <message>
        <source>no card</source>
        <translation>keine Karte</translation>
    </message>
    <message>
        <source>a card without a network</source>
        <translation>eine Karte ohne Netzwerk</translation>
    </message>
    <message>
        <source>NAT</source>
        <translation>NAT</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 Speicher</translation>
    </message>
    <message>
        <source>1 processor</source>
        <translation>1 Prozessor</translation>
    </message>
    <message>
        <source>%1 processors</source>
        <translation>%1 Prozessoren</translation>
    </message>
    <message>
        <source>no disk, goes away at power-off</source>
        <translation>keine Platte, verschwindet beim Ausschalten</translation>
    </message>
    <message>
        <source>no disk</source>
        <translation>keine Platte</translation>
    </message>
    <message>
        <source>The machine gets %1.</source>
        <extracomment>A list of what a machine will have</extracomment>
        <translation>Die Maschine bekommt %1.</translation>
    </message>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>the network</source>
        <translation>das Netzwerk</translation>
    </message>
    <message>
        <source>Installed from</source>
        <translation>Installiert von</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>none; the machine goes away at power-off</source>
        <translation>keine; die Maschine verschwindet beim Ausschalten</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>The machine could not be started</source>
        <translation>Die Maschine konnte nicht gestartet werden</translation>
    </message>
    <message>
        <source>The settings could not be read</source>
        <translation>Die Einstellungen konnten nicht gelesen werden</translation>
    </message>
</context>
<context>
    <name>app::ManagerProgram</name>
    <message>
        <source>The SPICE server could not be connected to</source>
        <translation>Mit dem SPICE-Server konnte keine Verbindung aufgenommen werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; cannot be started</source>
        <translation>„%1“ kann nicht gestartet werden</translation>
    </message>
    <message>
        <source>Reinstall Vitrine</source>
        <translation>Installieren Sie Vitrine neu</translation>
    </message>
    <message>
        <source>The machine could not be shown</source>
        <translation>Die Maschine konnte nicht gezeigt werden</translation>
    </message>
    <message>
        <source>Not Enough Memory</source>
        <translation>Nicht genug Speicher</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; does not fit into this computer&apos;s memory now.</source>
        <translation>Die Maschine „%1“ passt jetzt nicht in den Speicher dieses Computers.</translation>
    </message>
    <message>
        <source>&amp;Start Anyway</source>
        <translation>Trotzdem &amp;starten</translation>
    </message>
</context>
<context>
    <name>app::SdlConsole</name>
    <message>
        <source>The plain window does not have this; the usual one does.</source>
        <translation>Das schlichte Fenster hat das nicht, das übliche schon.</translation>
    </message>
    <message>
        <source>Press %1 to leave full screen</source>
        <translation>%1 verlässt das Vollbild</translation>
    </message>
    <message>
        <source>Zoom: %1 %</source>
        <translation>Zoom: %1 %</translation>
    </message>
    <message>
        <source>There is no text in your clipboard.</source>
        <translation>In Ihrer Zwischenablage ist kein Text.</translation>
    </message>
    <message>
        <source>The guest&apos;s screen was lost: %1. The machine runs on.</source>
        <translation>Der Bildschirm des Gastes ging verloren: %1. Die Maschine läuft weiter.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; was stopped by an error</source>
        <translation>„%1“ wurde von einem Fehler beendet</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be started</source>
        <translation>„%1“ konnte nicht gestartet werden</translation>
    </message>
    <message>
        <source>Saving the machine&apos;s state: %1 %</source>
        <translation>Der Zustand der Maschine wird gespeichert: %1 %</translation>
    </message>
    <message>
        <source>Typing into the guest: %1 of %2 keys</source>
        <translation>Es wird in den Gast getippt: %1 von %2 Tasten</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>This machine runs by software emulation and will be slow.</source>
        <translation>Diese Maschine läuft mit Software-Emulation und wird langsam sein.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has stopped unexpectedly</source>
        <translation>„%1“ wurde unerwartet beendet</translation>
    </message>
    <message>
        <source>The engine that ran it ended without saying why</source>
        <translation>Die Engine, mit der sie lief, endete ohne Angabe von Gründen</translation>
    </message>
    <message>
        <source>The log may tell more</source>
        <translation>Vielleicht sagt das Protokoll mehr</translation>
    </message>
    <message>
        <source>The connection to the machine&apos;s engine is gone</source>
        <translation>Die Verbindung zur Engine der Maschine ist abgebrochen</translation>
    </message>
    <message>
        <source>%1 [%2] - %3 releases the pointer - Vitrine</source>
        <extracomment>A window title: machine, state, the host key</extracomment>
        <translation>%1 [%2] - %3 gibt den Zeiger frei - Vitrine</translation>
    </message>
    <message>
        <source>%1 [%2, Disposable] - Vitrine</source>
        <extracomment>A window title: machine, state</extracomment>
        <translation>%1 [%2, Wegwerf-Lauf] - Vitrine</translation>
    </message>
    <message>
        <source>%1 [%2] - Vitrine</source>
        <translation>%1 [%2] - Vitrine</translation>
    </message>
    <message>
        <source>The choice could not be remembered</source>
        <translation>Die Wahl konnte nicht gemerkt werden</translation>
    </message>
</context>
<context>
    <name>app::SdlGuest</name>
    <message>
        <source>The guest cannot have the gamepad &quot;%1&quot;: %2</source>
        <translation>Der Gast kann das Gamepad „%1“ nicht haben: %2</translation>
    </message>
</context>
<context>
    <name>app::SdlScreen</name>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Powered off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>This machine has no screen</source>
        <translation>Diese Maschine hat keinen Bildschirm</translation>
    </message>
    <message>
        <source>The screen is not connected</source>
        <translation>Der Bildschirm ist nicht verbunden</translation>
    </message>
    <message>
        <source>Waiting for the guest&apos;s screen…</source>
        <translation>Warten auf den Bildschirm des Gastes …</translation>
    </message>
</context>
<context>
    <name>display::DisplaySession</name>
    <message>
        <source>This machine has no display.</source>
        <translation>Diese Maschine hat keine Anzeige.</translation>
    </message>
</context>
<context>
    <name>display::FrameView</name>
    <message>
        <source>Guest screen</source>
        <translation>Bildschirm des Gastes</translation>
    </message>
</context>
<context>
    <name>display::Keymap</name>
    <message>
        <source>Right Ctrl</source>
        <translation>Strg rechts</translation>
    </message>
    <message>
        <source>Right Alt</source>
        <translation>Alt rechts</translation>
    </message>
    <message>
        <source>Right Shift</source>
        <translation>Umschalt rechts</translation>
    </message>
    <message>
        <source>Right Super</source>
        <translation>Super rechts</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Left Ctrl</source>
        <translation>Strg links</translation>
    </message>
    <message>
        <source>Left Alt</source>
        <translation>Alt links</translation>
    </message>
    <message>
        <source>Left Shift</source>
        <translation>Umschalt links</translation>
    </message>
    <message>
        <source>Left Super</source>
        <translation>Super links</translation>
    </message>
    <message>
        <source>Scroll Lock</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Key %1</source>
        <translation>Taste %1</translation>
    </message>
</context>
<context>
    <name>display::SdlView</name>
    <message>
        <source>The pointer cannot be captured here: %1</source>
        <translation>Der Zeiger kann hier nicht eingefangen werden: %1</translation>
    </message>
</context>
<context>
    <name>display::SpiceDisplaySession</name>
    <message>
        <source>The machine&apos;s display needs Qt&apos;s GLib event loop, which is switched off. Start the program without QT_NO_GLIB in its environment.</source>
        <translation>Die Anzeige der Maschine braucht Qts GLib-Ereignisschleife, die abgeschaltet ist. Starten Sie das Programm ohne QT_NO_GLIB in der Umgebung.</translation>
    </message>
    <message>
        <source>Cannot connect to the machine&apos;s display at &quot;%1&quot;.</source>
        <translation>Keine Verbindung zur Anzeige der Maschine unter „%1“.</translation>
    </message>
    <message>
        <source>The server at &quot;%1&quot; does not accept the password.</source>
        <translation>Der Server unter „%1“ nimmt das Passwort nicht an.</translation>
    </message>
    <message>
        <source>The server at &quot;%1&quot; asks for a password.</source>
        <translation>Der Server unter „%1“ verlangt ein Passwort.</translation>
    </message>
    <message>
        <source>There is no encrypted connection to &quot;%1&quot;: the server&apos;s certificate is not trusted, or is another computer&apos;s. Give the file of the certificate that it should be checked against.</source>
        <translation>Es gibt keine verschlüsselte Verbindung zu „%1“: Dem Zertifikat des Servers wird nicht vertraut, oder es gehört zu einem anderen Computer. Geben Sie die Datei des Zertifikats an, gegen das es geprüft werden soll.</translation>
    </message>
    <message>
        <source>Cannot connect to the machine&apos;s display at &quot;%1&quot;: %2</source>
        <translation>Keine Verbindung zur Anzeige der Maschine unter „%1“: %2</translation>
    </message>
</context>
<context>
    <name>display::SpiceGuestLink</name>
    <message>
        <source>The agent in the guest has gone</source>
        <translation>Der Agent im Gast ist verschwunden</translation>
    </message>
    <message>
        <source>There is no agent in the guest that takes files</source>
        <translation>Im Gast ist kein Agent, der Dateien annimmt</translation>
    </message>
    <message>
        <source>Other files are being copied</source>
        <translation>Es werden gerade andere Dateien kopiert</translation>
    </message>
</context>
<context>
    <name>display::WarpingGrab</name>
    <message>
        <source>Another program has grabbed the keyboard: your desktop&apos;s own shortcuts stay with it. Close its menu or dialog and capture again.</source>
        <translation>Ein anderes Programm hat die Tastatur an sich genommen: die Kürzel Ihrer Arbeitsumgebung bleiben bei ihr. Schließen Sie sein Menü oder seinen Dialog und fangen Sie noch einmal ein.</translation>
    </message>
</context>
<context>
    <name>display::WaylandGrab</name>
    <message>
        <source>This Wayland desktop keeps its own shortcuts: it lacks the protocol keyboard-shortcuts-inhibit. Send such keys with the Input menu.</source>
        <translation>Diese Wayland-Arbeitsumgebung behält ihre eigenen Kürzel: ihr fehlt das Protokoll keyboard-shortcuts-inhibit. Senden Sie solche Tasten mit dem Menü „Eingabe“.</translation>
    </message>
    <message>
        <source>This Wayland desktop cannot give its pointer away: it lacks the protocols pointer-constraints and relative-pointer. Give the machine a USB tablet as its pointing device.</source>
        <translation>Diese Wayland-Arbeitsumgebung kann ihren Zeiger nicht hergeben: ihr fehlen die Protokolle pointer-constraints und relative-pointer. Geben Sie der Maschine ein USB-Tablett als Zeigegerät.</translation>
    </message>
    <message>
        <source>There is no pointer to capture. Connect a mouse and try again.</source>
        <translation>Es gibt keinen Zeiger einzufangen. Schließen Sie eine Maus an und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>display::vdagent::AgentGuestLink</name>
    <message>
        <source>The agent in the guest has gone</source>
        <translation>Der Agent im Gast ist verschwunden</translation>
    </message>
    <message>
        <source>There is no agent in the guest that takes files</source>
        <translation>Im Gast ist kein Agent, der Dateien annimmt</translation>
    </message>
    <message>
        <source>Other files are being copied</source>
        <translation>Es werden gerade andere Dateien kopiert</translation>
    </message>
</context>
<context>
    <name>display::vdagent::FileCopy</name>
    <message>
        <source>&quot;%1&quot; cannot be read: %2</source>
        <translation>„%1“ kann nicht gelesen werden: %2</translation>
    </message>
    <message>
        <source>Too much is on its way to the guest already</source>
        <translation>Es ist schon zu viel zum Gast unterwegs</translation>
    </message>
    <message>
        <source>&quot;%1&quot; cannot be read to its end</source>
        <translation>„%1“ kann nicht bis zum Ende gelesen werden</translation>
    </message>
    <message>
        <source>The guest has no room for &quot;%1&quot;</source>
        <translation>Der Gast hat keinen Platz für „%1“</translation>
    </message>
    <message>
        <source>The guest&apos;s screen is locked; unlock it, then copy again</source>
        <translation>Der Bildschirm des Gasts ist gesperrt; entsperren Sie ihn, dann kopieren Sie noch einmal</translation>
    </message>
    <message>
        <source>Nobody is logged in at the guest&apos;s desktop, so nobody takes files</source>
        <translation>Am Desktop des Gasts ist niemand angemeldet, also nimmt niemand Dateien an</translation>
    </message>
    <message>
        <source>The guest does not take files</source>
        <translation>Der Gast nimmt keine Dateien an</translation>
    </message>
    <message>
        <source>The guest could not take &quot;%1&quot;</source>
        <translation>Der Gast konnte „%1“ nicht annehmen</translation>
    </message>
</context>
<context>
    <name>ui</name>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Stop the machine&apos;s clock and processors until you resume it</source>
        <translation>Uhr und Prozessoren der Maschine anhalten, bis sie fortgesetzt wird</translation>
    </message>
    <message>
        <source>&amp;Reset…</source>
        <translation>&amp;Zurücksetzen …</translation>
    </message>
    <message>
        <source>Restart the machine as its reset button would</source>
        <translation>Die Maschine neu starten wie mit ihrem Reset-Knopf</translation>
    </message>
    <message>
        <source>ACPI Sh&amp;utdown</source>
        <translation>Her&amp;unterfahren (ACPI)</translation>
    </message>
    <message>
        <source>Press the machine&apos;s power button: the guest is asked to shut down</source>
        <translation>Den Netzschalter der Maschine drücken: der Gast wird gebeten, sich herunterzufahren</translation>
    </message>
    <message>
        <source>Po&amp;wer Off…</source>
        <translation>&amp;Ausschalten …</translation>
    </message>
    <message>
        <source>Pull the plug: what the guest has not saved is lost</source>
        <translation>Den Stecker ziehen: was der Gast nicht gespeichert hat, ist verloren</translation>
    </message>
    <message>
        <source>Session I&amp;nformation</source>
        <translation>Sitzungsi&amp;nformationen</translation>
    </message>
    <message>
        <source>Show how the machine runs: engine, screen, disks, network</source>
        <translation>Zeigen, wie die Maschine läuft: Engine, Bildschirm, Platten, Netzwerk</translation>
    </message>
    <message>
        <source>Show &amp;Log</source>
        <translation>&amp;Protokoll zeigen</translation>
    </message>
    <message>
        <source>Show what the machine&apos;s engine has written down</source>
        <translation>Zeigen, was die Engine der Maschine aufgeschrieben hat</translation>
    </message>
    <message>
        <source>Run in &amp;Background</source>
        <translation>Im &amp;Hintergrund laufen lassen</translation>
    </message>
    <message>
        <source>Close this window and let the machine run on; Show in the manager brings it back</source>
        <translation>Dieses Fenster schließen und die Maschine weiterlaufen lassen; „Zeigen“ im Manager bringt es zurück</translation>
    </message>
    <message>
        <source>&amp;Close…</source>
        <translation>S&amp;chließen …</translation>
    </message>
    <message>
        <source>Choose what happens to the machine and close the window</source>
        <translation>Wählen, was mit der Maschine geschieht, und das Fenster schließen</translation>
    </message>
    <message>
        <source>&amp;Full Screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Let the guest have the whole screen</source>
        <translation>Dem Gast den ganzen Bildschirm geben</translation>
    </message>
    <message>
        <source>&amp;Scaled Mode</source>
        <translation>&amp;Skalierte Ansicht</translation>
    </message>
    <message>
        <source>Stretch the guest&apos;s screen to the window&apos;s size</source>
        <translation>Das Bild des Gastes auf die Größe des Fensters strecken</translation>
    </message>
    <message>
        <source>&amp;Adjust Window Size</source>
        <translation>Fenstergröße &amp;anpassen</translation>
    </message>
    <message>
        <source>Make the window as large as the guest&apos;s screen</source>
        <translation>Das Fenster so groß machen wie den Bildschirm des Gastes</translation>
    </message>
    <message>
        <source>&amp;Minimize Window</source>
        <translation>Fenster &amp;minimieren</translation>
    </message>
    <message>
        <source>Minimize the window</source>
        <translation>Das Fenster minimieren</translation>
    </message>
    <message>
        <source>&amp;Take Screenshot…</source>
        <translation>&amp;Bildschirmfoto aufnehmen …</translation>
    </message>
    <message>
        <source>Save the guest&apos;s screen as a picture</source>
        <translation>Den Bildschirm des Gastes als Bild speichern</translation>
    </message>
    <message>
        <source>Show Menu &amp;Bar</source>
        <translation>Menü&amp;leiste zeigen</translation>
    </message>
    <message>
        <source>Show the menu bar; without it, the host key and Home bring the menus</source>
        <translation>Die Menüleiste zeigen; ohne sie bringen Host-Taste und Pos1 die Menüs</translation>
    </message>
    <message>
        <source>Show Status Ba&amp;r</source>
        <translation>Status&amp;leiste zeigen</translation>
    </message>
    <message>
        <source>Show the lights and states at the window&apos;s bottom</source>
        <translation>Lampen und Zustände am unteren Rand des Fensters zeigen</translation>
    </message>
    <message>
        <source>Mini Tool Bar in F&amp;ull Screen</source>
        <translation>Mini-Werkzeugleiste im V&amp;ollbild</translation>
    </message>
    <message>
        <source>In full screen, slide in a tool bar when the pointer touches the top edge</source>
        <translation>Im Vollbild eine Werkzeugleiste einblenden, wenn der Zeiger den oberen Rand berührt</translation>
    </message>
    <message>
        <source>Pop-&amp;Up Menu</source>
        <translation>A&amp;ufklappmenü</translation>
    </message>
    <message>
        <source>Show all menus at the pointer, in full screen too</source>
        <translation>Alle Menüs am Zeiger zeigen, auch im Vollbild</translation>
    </message>
    <message>
        <source>&amp;Capture Keyboard</source>
        <translation>&amp;Tastatur einfangen</translation>
    </message>
    <message>
        <source>Send every key to the guest, those of your desktop too; the host key ends it</source>
        <translation>Jede Taste an den Gast senden, auch die Ihrer Arbeitsumgebung; die Host-Taste beendet es</translation>
    </message>
    <message>
        <source>Capture &amp;Pointer</source>
        <translation>&amp;Zeiger einfangen</translation>
    </message>
    <message>
        <source>Give the pointer to the guest; the host key ends it</source>
        <translation>Den Zeiger dem Gast geben; die Host-Taste beendet es</translation>
    </message>
    <message>
        <source>T&amp;ype Clipboard…</source>
        <translation>Z&amp;wischenablage tippen …</translation>
    </message>
    <message>
        <source>Type the text of your clipboard into the guest, key by key</source>
        <translation>Den Text Ihrer Zwischenablage Taste für Taste in den Gast tippen</translation>
    </message>
    <message>
        <source>S&amp;oft Keyboard</source>
        <translation>Bi&amp;ldschirmtastatur</translation>
    </message>
    <message>
        <source>Show a keyboard whose keys can be clicked</source>
        <translation>Eine Tastatur zeigen, deren Tasten man anklicken kann</translation>
    </message>
    <message>
        <source>Host &amp;Key and Preferences…</source>
        <translation>Host-&amp;Taste und Einstellungen …</translation>
    </message>
    <message>
        <source>Choose another host key and other preferences</source>
        <translation>Eine andere Host-Taste und andere Einstellungen wählen</translation>
    </message>
    <message>
        <source>&amp;Keyboard Help</source>
        <translation>&amp;Tastaturhilfe</translation>
    </message>
    <message>
        <source>Show what the host key does together with other keys</source>
        <translation>Zeigen, was die Host-Taste mit anderen Tasten zusammen tut</translation>
    </message>
    <message>
        <source>&amp;About Vitrine</source>
        <translation>Ü&amp;ber Vitrine</translation>
    </message>
    <message>
        <source>Show Vitrine&apos;s version and license</source>
        <translation>Version und Lizenz von Vitrine zeigen</translation>
    </message>
    <message>
        <source>The machine is paused: resume it first.</source>
        <translation>Die Maschine ist angehalten: setzen Sie sie erst fort.</translation>
    </message>
    <message>
        <source>The machine is still starting.</source>
        <translation>Die Maschine startet noch.</translation>
    </message>
    <message>
        <source>The machine is stopping.</source>
        <translation>Die Maschine wird gerade beendet.</translation>
    </message>
    <message>
        <source>The machine is not running.</source>
        <translation>Die Maschine läuft nicht.</translation>
    </message>
    <message>
        <source>The engine that runs this machine cannot do this.</source>
        <translation>Die Engine, mit der diese Maschine läuft, kann das nicht.</translation>
    </message>
    <message>
        <source>Log file: %1</source>
        <translation>Protokolldatei: %1</translation>
    </message>
    <message>
        <source>Vitrine</source>
        <translation>Vitrine</translation>
    </message>
    <message>
        <source>Open Log</source>
        <translation>Protokoll öffnen</translation>
    </message>
    <message>
        <source>Insert Ctrl+Alt+&amp;Del</source>
        <translation>Strg+Alt+&amp;Entf senden</translation>
    </message>
    <message>
        <source>Insert Ctrl+Alt+&amp;Backspace</source>
        <translation>Strg+Alt+&amp;Rücktaste senden</translation>
    </message>
    <message>
        <source>Insert Ctrl+B&amp;reak</source>
        <translation>Strg+&amp;Untbr senden</translation>
    </message>
    <message>
        <source>Insert &amp;Print Screen</source>
        <translation>&amp;Druck senden</translation>
    </message>
    <message>
        <source>Insert &amp;Alt+Print Screen</source>
        <translation>&amp;Alt+Druck senden</translation>
    </message>
    <message>
        <source>Insert Alt+&amp;Tab</source>
        <translation>Alt+&amp;Tab senden</translation>
    </message>
    <message>
        <source>Insert Ctrl+&amp;Esc</source>
        <translation>Strg+E&amp;sc senden</translation>
    </message>
    <message>
        <source>Insert &amp;Windows (Super) Key</source>
        <translation>&amp;Windows-Taste (Super) senden</translation>
    </message>
    <message>
        <source>Insert the &amp;Host Key (%1)</source>
        <translation>&amp;Host-Taste (%1) senden</translation>
    </message>
    <message>
        <source>Insert Ctrl+Alt+F%1</source>
        <translation>Strg+Alt+F%1 senden</translation>
    </message>
    <message>
        <source>Host+%1</source>
        <translation>Host+%1</translation>
    </message>
    <message>
        <source>Keyboard Help</source>
        <translation>Tastaturhilfe</translation>
    </message>
    <message>
        <source>The host key is %1. It is never sent to the guest: alone it captures or releases keyboard and pointer, and with another key it commands this window. Every other key belongs to the guest.</source>
        <translation>Die Host-Taste ist %1. Sie wird nie an den Gast gesendet: allein fängt sie Tastatur und Zeiger ein oder gibt sie frei, und mit einer anderen Taste gibt sie diesem Fenster einen Befehl. Jede andere Taste gehört dem Gast.</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Was sie tun</translation>
    </message>
    <message>
        <source>Capture or release keyboard and pointer</source>
        <translation>Tastatur und Zeiger einfangen oder freigeben</translation>
    </message>
    <message>
        <source>About Vitrine</source>
        <translation>Über Vitrine</translation>
    </message>
    <message>
        <source>Vitrine %1</source>
        <translation>Vitrine %1</translation>
    </message>
    <message>
        <source>Virtual machines on the Linux desktop, run by the kernel&apos;s own KVM: no kernel module, no root, no daemon.

Free software under the GNU General Public License, version 3 or later; without any warranty.</source>
        <translation>Virtuelle Maschinen auf dem Linux-Desktop, ausgeführt vom KVM des Kernels selbst: kein Kernelmodul, kein Root, kein Dienst.

Freie Software unter der GNU General Public License, Version 3 oder neuer; ohne jede Gewährleistung.</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Ein/Aus</translation>
    </message>
    <message>
        <source>Sleep</source>
        <translation>Schlaf</translation>
    </message>
    <message>
        <source>Wake</source>
        <translation>Wecken</translation>
    </message>
    <message>
        <source>Prev</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Previous Track</source>
        <translation>Voriges Stück</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Spielen</translation>
    </message>
    <message>
        <source>Play or Pause</source>
        <translation>Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop Playing</source>
        <translation>Wiedergabe beenden</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Next Track</source>
        <translation>Nächstes Stück</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Vol−</source>
        <translation>Vol−</translation>
    </message>
    <message>
        <source>Volume Down</source>
        <translation>Leiser</translation>
    </message>
    <message>
        <source>Vol+</source>
        <translation>Vol+</translation>
    </message>
    <message>
        <source>Volume Up</source>
        <translation>Lauter</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>Mail</translation>
    </message>
    <message>
        <source>Web</source>
        <translation>Web</translation>
    </message>
    <message>
        <source>Web Browser</source>
        <translation>Webbrowser</translation>
    </message>
    <message>
        <source>Calc</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Calculator</source>
        <translation>Taschenrechner</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>File Manager</source>
        <translation>Dateiverwaltung</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Escape</source>
        <translation>Escape</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>Druck</translation>
    </message>
    <message>
        <source>Print Screen</source>
        <translation>Druck</translation>
    </message>
    <message>
        <source>Scroll</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Scroll Lock</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tab</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Caps</source>
        <translation>Fest</translation>
    </message>
    <message>
        <source>Caps Lock</source>
        <translation>Feststelltaste</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Umschalt</translation>
    </message>
    <message>
        <source>Left Shift</source>
        <translation>Umschalt links</translation>
    </message>
    <message>
        <source>Right Shift</source>
        <translation>Umschalt rechts</translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation>Strg</translation>
    </message>
    <message>
        <source>Left Ctrl</source>
        <translation>Strg links</translation>
    </message>
    <message>
        <source>Super</source>
        <translation>Super</translation>
    </message>
    <message>
        <source>Left Super</source>
        <translation>Super links</translation>
    </message>
    <message>
        <source>Alt</source>
        <translation>Alt</translation>
    </message>
    <message>
        <source>Left Alt</source>
        <translation>Alt links</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>AltGr</source>
        <translation>AltGr</translation>
    </message>
    <message>
        <source>Right Alt</source>
        <translation>Alt rechts</translation>
    </message>
    <message>
        <source>Right Super</source>
        <translation>Super rechts</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Right Ctrl</source>
        <translation>Strg rechts</translation>
    </message>
    <message>
        <source>Ins</source>
        <translation>Einfg</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Pos1</translation>
    </message>
    <message>
        <source>PgUp</source>
        <translation>Bild↑</translation>
    </message>
    <message>
        <source>Page Up</source>
        <translation>Bild auf</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>PgDn</source>
        <translation>Bild↓</translation>
    </message>
    <message>
        <source>Page Down</source>
        <translation>Bild ab</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Auf</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Ab</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Num</source>
        <translation>Num</translation>
    </message>
    <message>
        <source>Num Lock</source>
        <translation>Num-Feststelltaste</translation>
    </message>
    <message>
        <source>Keypad Divide</source>
        <translation>Ziffernblock geteilt</translation>
    </message>
    <message>
        <source>Keypad Multiply</source>
        <translation>Ziffernblock mal</translation>
    </message>
    <message>
        <source>Keypad Minus</source>
        <translation>Ziffernblock minus</translation>
    </message>
    <message>
        <source>Keypad 7</source>
        <translation>Ziffernblock 7</translation>
    </message>
    <message>
        <source>Keypad 8</source>
        <translation>Ziffernblock 8</translation>
    </message>
    <message>
        <source>Keypad 9</source>
        <translation>Ziffernblock 9</translation>
    </message>
    <message>
        <source>Keypad Plus</source>
        <translation>Ziffernblock plus</translation>
    </message>
    <message>
        <source>Keypad 4</source>
        <translation>Ziffernblock 4</translation>
    </message>
    <message>
        <source>Keypad 5</source>
        <translation>Ziffernblock 5</translation>
    </message>
    <message>
        <source>Keypad 6</source>
        <translation>Ziffernblock 6</translation>
    </message>
    <message>
        <source>Keypad 1</source>
        <translation>Ziffernblock 1</translation>
    </message>
    <message>
        <source>Keypad 2</source>
        <translation>Ziffernblock 2</translation>
    </message>
    <message>
        <source>Keypad 3</source>
        <translation>Ziffernblock 3</translation>
    </message>
    <message>
        <source>Keypad Enter</source>
        <translation>Ziffernblock Eingabe</translation>
    </message>
    <message>
        <source>Keypad 0</source>
        <translation>Ziffernblock 0</translation>
    </message>
    <message>
        <source>Keypad Point</source>
        <translation>Ziffernblock Komma</translation>
    </message>
    <message>
        <source>Zoom &amp;In</source>
        <translation>&amp;Vergrößern</translation>
    </message>
    <message>
        <source>Show the guest&apos;s screen one step larger</source>
        <translation>Den Bildschirm des Gastes eine Stufe größer zeigen</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Show the guest&apos;s screen one step smaller</source>
        <translation>Den Bildschirm des Gastes eine Stufe kleiner zeigen</translation>
    </message>
    <message>
        <source>&amp;Actual Size</source>
        <translation>&amp;Originalgröße</translation>
    </message>
    <message>
        <source>Show each of the guest&apos;s pixels as one of your screen&apos;s</source>
        <translation>Jedes Pixel des Gastes als eines Ihres Bildschirms zeigen</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>Bildschirm</translation>
    </message>
    <message>
        <source>%1: %2 (%3 × %4)</source>
        <translation>%1: %2 (%3 × %4)</translation>
    </message>
    <message>
        <source>Sa&amp;ve State</source>
        <translation>Zustand &amp;speichern</translation>
    </message>
    <message>
        <source>Keep what is in the guest&apos;s memory and end the machine; it goes on from there when it is started again</source>
        <translation>Behalten, was im Speicher des Gastes ist, und die Maschine beenden; beim nächsten Start geht es von dort weiter</translation>
    </message>
    <message>
        <source>Se&amp;ttings…</source>
        <translation>&amp;Ändern …</translation>
    </message>
    <message>
        <source>Change what can be changed while the machine runs</source>
        <translation>Ändern, was sich ändern lässt, während die Maschine läuft</translation>
    </message>
    <message>
        <source>&amp;Activity</source>
        <translation>&amp;Aktivität</translation>
    </message>
    <message>
        <source>Show what the machine uses: processor, memory, disks, network</source>
        <translation>Zeigen, was die Maschine verbraucht: Prozessor, Speicher, Platten, Netzwerk</translation>
    </message>
    <message>
        <source>Auto-resize &amp;Guest Display</source>
        <translation>Auflösung des &amp;Gastes anpassen</translation>
    </message>
    <message>
        <source>Let the guest&apos;s resolution follow the window&apos;s size, where an agent in the guest can</source>
        <translation>Die Auflösung des Gastes folgt der Größe des Fensters, wo ein Agent im Gast das kann</translation>
    </message>
    <message>
        <source>F&amp;ile Manager…</source>
        <translation>Datei&amp;verwaltung …</translation>
    </message>
    <message>
        <source>Copy files between this computer and the guest, by the agent in the guest</source>
        <translation>Dateien zwischen diesem Computer und dem Gast kopieren, durch den Agenten im Gast</translation>
    </message>
    <message>
        <source>R&amp;ecord Screen</source>
        <translation>Bildschirm aufz&amp;eichnen</translation>
    </message>
    <message>
        <source>Make a film of the guest&apos;s screen, without sound, into the machine&apos;s folder</source>
        <translation>Den Bildschirm des Gasts ohne Ton als Film in den Ordner der Maschine aufzeichnen</translation>
    </message>
    <message>
        <source>Copy Command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>ui::Activity</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>%1 packets/s</source>
        <translation>%1 Pakete/s</translation>
    </message>
</context>
<context>
    <name>ui::ActivityChart</name>
    <message>
        <source>now %1, at most %2</source>
        <extracomment>Of a chart, read aloud</extracomment>
        <translation>jetzt %1, höchstens %2</translation>
    </message>
    <message>
        <source>%1: now %2, at most %3</source>
        <translation>%1: jetzt %2, höchstens %3</translation>
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation>noch nichts gemessen</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>ui::ActivityCharts</name>
    <message>
        <source>held</source>
        <translation>belegt</translation>
    </message>
    <message>
        <source>used in the guest</source>
        <translation>im Gast benutzt</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Disks</source>
        <translation>Platten</translation>
    </message>
    <message>
        <source>read</source>
        <translation>gelesen</translation>
    </message>
    <message>
        <source>written</source>
        <translation>geschrieben</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>received</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
    <message>
        <source>Exits to the host</source>
        <translation>Austritte zum Host</translation>
    </message>
    <message>
        <source>Exits</source>
        <translation>Austritte</translation>
    </message>
    <message>
        <source>Processor time of all that runs the machine. 100 % is one of this computer&apos;s processors.</source>
        <translation>Prozessorzeit von allem, was die Maschine ausführt. 100 % ist ein Prozessor dieses Computers.</translation>
    </message>
    <message>
        <source>Memory of this computer that the machine and its helpers hold now. Beside it, where the guest tells: what its programs use of its own.</source>
        <translation>Speicher dieses Computers, den die Maschine und ihre Helfer jetzt halten. Daneben, wo der Gast es sagt: was seine Programme von dem seinen benutzen.</translation>
    </message>
    <message>
        <source>How often the guest&apos;s processors had to hand over to this computer.</source>
        <translation>Wie oft die Prozessoren des Gastes an diesen Computer übergeben mussten.</translation>
    </message>
    <message>
        <source>Not counted: the machine has no network card that is counted</source>
        <translation>Nicht gezählt: die Maschine hat keine Netzwerkkarte, die gezählt wird</translation>
    </message>
    <message>
        <source>Not counted: the guest is emulated in software, which has no exits</source>
        <translation>Nicht gezählt: der Gast wird von Software nachgebildet, die keine Austritte kennt</translation>
    </message>
    <message>
        <source>Not counted by this version of QEMU</source>
        <translation>Von dieser Version von QEMU nicht gezählt</translation>
    </message>
</context>
<context>
    <name>ui::ActivityModel</name>
    <message>
        <source>Machine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Disk Read</source>
        <translation>Platte gelesen</translation>
    </message>
    <message>
        <source>Disk Written</source>
        <translation>Platte geschrieben</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Exits</source>
        <translation>Austritte</translation>
    </message>
    <message>
        <source>Not counted</source>
        <translation>Nicht gezählt</translation>
    </message>
</context>
<context>
    <name>ui::ActivityPage</name>
    <message>
        <source>No machine is running</source>
        <translation>Keine Maschine läuft</translation>
    </message>
    <message>
        <source>Running machines</source>
        <translation>Laufende Maschinen</translation>
    </message>
</context>
<context>
    <name>ui::AudioMenu</name>
    <message>
        <source>&amp;Audio</source>
        <translation>&amp;Ton</translation>
    </message>
    <message>
        <source>Audio &amp;Output</source>
        <translation>Ton&amp;ausgabe</translation>
    </message>
    <message>
        <source>Audio &amp;Input</source>
        <translation>Ton&amp;eingabe</translation>
    </message>
    <message>
        <source>This machine has no sound card.</source>
        <translation>Diese Maschine hat keine Soundkarte.</translation>
    </message>
</context>
<context>
    <name>ui::AudioPage</name>
    <message>
        <source>Audio</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Intel HD Audio: for systems since 2006</source>
        <translation>Intel HD Audio: für Systeme seit 2006</translation>
    </message>
    <message>
        <source>ICH AC97: for older systems</source>
        <translation>ICH AC97: für ältere Systeme</translation>
    </message>
    <message>
        <source>&amp;Sound card:</source>
        <translation>&amp;Soundkarte:</translation>
    </message>
    <message>
        <source>The guest&apos;s sound comes out of this computer</source>
        <translation>Der Ton des Gastes kommt aus diesem Computer</translation>
    </message>
    <message>
        <source>audio controller speaker hda ac97 output</source>
        <translation>Ton Audio Controller Lautsprecher Klang hda ac97 Ausgabe</translation>
    </message>
    <message>
        <source>microphone record input audio</source>
        <translation>Mikrofon Aufnahme Eingang Audio</translation>
    </message>
    <message>
        <source>Enable Audio &amp;Output</source>
        <translation>Ton&amp;ausgabe einschalten</translation>
    </message>
    <message>
        <source>Enable Audio &amp;Input</source>
        <translation>Ton&amp;eingabe einschalten</translation>
    </message>
    <message>
        <source>Without it you do not hear the guest</source>
        <translation>Ohne sie hören Sie den Gast nicht</translation>
    </message>
    <message>
        <source>speaker mute output sound audio</source>
        <translation>lautsprecher stumm ausgabe ton klang audio</translation>
    </message>
    <message>
        <source>The guest may hear the microphone; without it the guest hears silence</source>
        <translation>Der Gast darf das Mikrofon hören; ohne sie hört er Stille</translation>
    </message>
    <message>
        <source>Sound in &amp;Recordings of the Screen</source>
        <translation>Ton in A&amp;ufnahmen des Bildschirms</translation>
    </message>
    <message>
        <source>Films have a sound track with what the guest plays, never with what the microphone hears. Films of machines that QEMU runs are silent</source>
        <translation>Filme haben eine Tonspur mit dem, was der Gast abspielt, nie mit dem, was das Mikrofon hört. Filme von Maschinen, die mit QEMU laufen, sind stumm</translation>
    </message>
    <message>
        <source>recording film video capture sound audio</source>
        <translation>aufnahme film video mitschnitt ton recording</translation>
    </message>
</context>
<context>
    <name>ui::CertificateProbe</name>
    <message>
        <source>The server does not answer</source>
        <translation>Der Server antwortet nicht</translation>
    </message>
</context>
<context>
    <name>ui::ClipboardBridge</name>
    <message>
        <source>What you copied is too large for the guest: %1, and %2 is the most</source>
        <translation>Das Kopierte ist zu groß für den Gast: %1, höchstens %2 sind möglich</translation>
    </message>
    <message>
        <source>The guest did not hand over what was copied there.</source>
        <translation>Der Gast hat nicht herausgegeben, was dort kopiert wurde.</translation>
    </message>
</context>
<context>
    <name>ui::CloseDialog</name>
    <message>
        <source>&amp;Remember this and do not ask again</source>
        <translation>Das &amp;merken und nicht mehr fragen</translation>
    </message>
    <message>
        <source>Close &quot;%1&quot;</source>
        <translation>„%1“ schließen</translation>
    </message>
    <message>
        <source>What should happen to &quot;%1&quot;?</source>
        <translation>Was soll mit „%1“ geschehen?</translation>
    </message>
    <message>
        <source>&amp;Keep it running in the background</source>
        <translation>Im &amp;Hintergrund weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Only the window closes. Show brings it back from the manager.</source>
        <translation>Nur das Fenster wird geschlossen. „Zeigen“ im Manager bringt es zurück.</translation>
    </message>
    <message>
        <source>Send the &amp;shutdown signal</source>
        <translation>Das Signal zum &amp;Herunterfahren senden</translation>
    </message>
    <message>
        <source>The guest is asked to shut down, as by a computer&apos;s power button.</source>
        <translation>Der Gast wird gebeten, sich herunterzufahren, wie vom Netzschalter eines Computers.</translation>
    </message>
    <message>
        <source>Power it &amp;off</source>
        <translation>&amp;Ausschalten</translation>
    </message>
    <message>
        <source>Like pulling the plug: what the guest has not saved is lost.</source>
        <translation>Wie das Ziehen des Steckers: was der Gast nicht gespeichert hat, ist verloren.</translation>
    </message>
    <message>
        <source>Machine &gt; Close… asks nevertheless, and the preferences can change it.</source>
        <translation>Maschine &gt; Schließen … fragt trotzdem, und in den Einstellungen lässt es sich ändern.</translation>
    </message>
    <message>
        <source>Sa&amp;ve its state</source>
        <translation>Ihren Zustand &amp;speichern</translation>
    </message>
    <message>
        <source>It goes on where it is now when it is started again.</source>
        <translation>Beim nächsten Start geht es dort weiter, wo sie jetzt ist.</translation>
    </message>
    <message>
        <source>Nothing of this disposable run is kept.</source>
        <translation>Von diesem Wegwerf-Lauf bleibt nichts.</translation>
    </message>
</context>
<context>
    <name>ui::ConnectionModel</name>
    <message>
        <source>Waiting for an answer</source>
        <translation>Wartet auf Antwort</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Closing</source>
        <translation>Wird geschlossen</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>Geschlossen</translation>
    </message>
    <message>
        <source>Refused by rule</source>
        <translation>Von einer Regel abgelehnt</translation>
    </message>
    <message>
        <source>%1, from outside</source>
        <translation>%1, von außen</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Gast</translation>
    </message>
    <message>
        <source>Other End</source>
        <translation>Gegenstelle</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
</context>
<context>
    <name>ui::ConnectionsWindow</name>
    <message>
        <source>Only &amp;refused ones</source>
        <translation>Nur &amp;abgelehnte</translation>
    </message>
    <message>
        <source>%1 - Network Connections</source>
        <translation>%1 - Netzwerkverbindungen</translation>
    </message>
    <message>
        <source>Filter connections</source>
        <translation>Verbindungen filtern</translation>
    </message>
    <message>
        <source>Filter: a name, an address, a port, a state</source>
        <translation>Filter: ein Name, eine Adresse, ein Port, ein Zustand</translation>
    </message>
    <message>
        <source>Network connections</source>
        <translation>Netzwerkverbindungen</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>The machine does not tell any more: %1</source>
        <translation>Die Maschine gibt keine Auskunft mehr: %1</translation>
    </message>
    <message>
        <source>Asking the machine…</source>
        <translation>Die Maschine wird gefragt …</translation>
    </message>
    <message>
        <source>The guest is talking to nobody.</source>
        <translation>Der Gast spricht mit niemandem.</translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s).</source>
        <translation>
            <numerusform>%n Verbindung.</numerusform>
            <numerusform>%n Verbindungen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n connection(s) shown.</source>
        <translation>
            <numerusform>%1 von %n Verbindung gezeigt.</numerusform>
            <numerusform>%1 von %n Verbindungen gezeigt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n refused by the adapter&apos;s rules.</source>
        <translation>
            <numerusform>%n von den Regeln des Adapters abgelehnt.</numerusform>
            <numerusform>%n von den Regeln des Adapters abgelehnt.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ConsoleActions</name>
    <message>
        <source>Send this key combination to the guest</source>
        <translation>Diese Tastenkombination an den Gast senden</translation>
    </message>
    <message>
        <source>Insert %1</source>
        <translation>%1 senden</translation>
    </message>
    <message>
        <source>The machine is not running.</source>
        <translation>Die Maschine läuft nicht.</translation>
    </message>
    <message>
        <source>The machine is paused: resume it first.</source>
        <translation>Die Maschine ist angehalten: setzen Sie sie erst fort.</translation>
    </message>
    <message>
        <source>The guest follows your pointer: it need not be captured.</source>
        <translation>Der Gast folgt Ihrem Zeiger: er muss nicht eingefangen werden.</translation>
    </message>
    <message>
        <source>Stop T&amp;yping</source>
        <translation>T&amp;ippen anhalten</translation>
    </message>
    <message>
        <source>T&amp;ype Clipboard…</source>
        <translation>Z&amp;wischenablage tippen …</translation>
    </message>
    <message>
        <source>The film is being begun or finished.</source>
        <translation>Der Film wird gerade begonnen oder abgeschlossen.</translation>
    </message>
    <message>
        <source>This machine has no screen.</source>
        <translation>Diese Maschine hat keinen Bildschirm.</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleCommands</name>
    <message>
        <source>&quot;%1&quot; could not be paused</source>
        <translation>„%1“ konnte nicht angehalten werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be resumed</source>
        <translation>„%1“ konnte nicht fortgesetzt werden</translation>
    </message>
    <message>
        <source>Reset &quot;%1&quot;?</source>
        <translation>„%1“ zurücksetzen?</translation>
    </message>
    <message>
        <source>The guest restarts at once. What its programs have not saved is lost.</source>
        <translation>Der Gast startet sofort neu. Was seine Programme nicht gespeichert haben, ist verloren.</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be reset</source>
        <translation>„%1“ konnte nicht zurückgesetzt werden</translation>
    </message>
    <message>
        <source>The machine was reset.</source>
        <translation>Die Maschine wurde zurückgesetzt.</translation>
    </message>
    <message>
        <source>The shutdown signal could not be sent to &quot;%1&quot;</source>
        <translation>Das Signal zum Herunterfahren konnte nicht an „%1“ gesendet werden</translation>
    </message>
    <message>
        <source>The shutdown signal was sent. The guest may take a while, or ask.</source>
        <translation>Das Signal zum Herunterfahren wurde gesendet. Der Gast kann sich Zeit lassen oder nachfragen.</translation>
    </message>
    <message>
        <source>Power off &quot;%1&quot;?</source>
        <translation>„%1“ ausschalten?</translation>
    </message>
    <message>
        <source>This is like pulling the plug: what the guest has not saved is lost, and its disks may need checking at the next start.</source>
        <translation>Das ist wie das Ziehen des Steckers: was der Gast nicht gespeichert hat, ist verloren, und seine Platten müssen beim nächsten Start vielleicht geprüft werden.</translation>
    </message>
    <message>
        <source>Power &amp;Off</source>
        <translation>&amp;Ausschalten</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be powered off</source>
        <translation>„%1“ konnte nicht ausgeschaltet werden</translation>
    </message>
    <message>
        <source>Save Screenshot</source>
        <translation>Bildschirmfoto speichern</translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation>PNG-Bilder (*.png)</translation>
    </message>
    <message>
        <source>The screenshot could not be saved</source>
        <translation>Das Bildschirmfoto konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Gespeichert als %1</translation>
    </message>
    <message>
        <source>Choose a Floppy Image</source>
        <translation>Ein Diskettenabbild wählen</translation>
    </message>
    <message>
        <source>Choose a Disk Image</source>
        <translation>Ein Datenträgerabbild wählen</translation>
    </message>
    <message>
        <source>Floppy images (*.img *.ima *.flp *.vfd *.IMG *.IMA *.FLP);;All files (*)</source>
        <translation>Diskettenabbilder (*.img *.ima *.flp *.vfd *.IMG *.IMA *.FLP);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>CD and DVD images (*.iso *.ISO *.cdr *.img);;All files (*)</source>
        <translation>CD- und DVD-Abbilder (*.iso *.ISO *.cdr *.img);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>The disk could not be ejected</source>
        <translation>Der Datenträger konnte nicht ausgeworfen werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be inserted</source>
        <translation>„%1“ konnte nicht eingelegt werden</translation>
    </message>
    <message>
        <source>The disk was ejected.</source>
        <translation>Der Datenträger wurde ausgeworfen.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; was inserted.</source>
        <translation>„%1“ wurde eingelegt.</translation>
    </message>
    <message>
        <source>The list of recent disk images was not saved</source>
        <translation>Die Liste der letzten Abbilder wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>Take the disk out by force?</source>
        <translation>Den Datenträger mit Gewalt entnehmen?</translation>
    </message>
    <message>
        <source>The guest is using the disk and has locked the drive. Programs that read from it may fail. It is better to eject the disk in the guest first.</source>
        <translation>Der Gast benutzt den Datenträger und hat das Laufwerk verriegelt. Programme, die davon lesen, können scheitern. Besser ist es, ihn zuerst im Gast auszuwerfen.</translation>
    </message>
    <message>
        <source>&amp;Force Eject</source>
        <translation>Auswurf &amp;erzwingen</translation>
    </message>
    <message>
        <source>&amp;Force Change</source>
        <translation>Wechsel &amp;erzwingen</translation>
    </message>
    <message>
        <source>The network cable could not be connected</source>
        <translation>Das Netzwerkkabel konnte nicht eingesteckt werden</translation>
    </message>
    <message>
        <source>The network cable could not be unplugged</source>
        <translation>Das Netzwerkkabel konnte nicht gezogen werden</translation>
    </message>
    <message>
        <source>The keys could not be sent</source>
        <translation>Die Tasten konnten nicht gesendet werden</translation>
    </message>
    <message>
        <source>The key could not be sent</source>
        <translation>Die Taste konnte nicht gesendet werden</translation>
    </message>
    <message>
        <source>The text was typed.</source>
        <translation>Der Text wurde getippt.</translation>
    </message>
    <message>
        <source>The typing was cancelled.</source>
        <translation>Das Tippen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The text could not be typed</source>
        <translation>Der Text konnte nicht getippt werden</translation>
    </message>
    <message>
        <source>The typing could not be cancelled</source>
        <translation>Das Tippen konnte nicht abgebrochen werden</translation>
    </message>
    <message>
        <source>The state of &quot;%1&quot; could not be saved</source>
        <translation>Der Zustand von „%1“ konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>Saving could not be called off</source>
        <translation>Das Speichern konnte nicht abgebrochen werden</translation>
    </message>
    <message>
        <source>The machine was not saved and goes on.</source>
        <translation>Die Maschine wurde nicht gespeichert und läuft weiter.</translation>
    </message>
    <message>
        <source>Files for the Guest</source>
        <translation>Dateien für den Gast</translation>
    </message>
    <message>
        <source>The files could not be inserted</source>
        <translation>Die Dateien konnten nicht eingelegt werden</translation>
    </message>
    <message>
        <source>The guest has the files on a USB stick</source>
        <translation>Der Gast hat die Dateien auf einem USB-Stick</translation>
    </message>
    <message>
        <source>The stick of files could not be ejected</source>
        <translation>Der Stick mit den Dateien konnte nicht ausgeworfen werden</translation>
    </message>
    <message>
        <source>The choice could not be kept</source>
        <translation>Die Auswahl konnte nicht behalten werden</translation>
    </message>
    <message>
        <source>The guest has the folder &quot;%1&quot;</source>
        <translation>Der Gast hat den Ordner „%1“</translation>
    </message>
    <message>
        <source>The folder could not be shared</source>
        <translation>Der Ordner konnte nicht freigegeben werden</translation>
    </message>
    <message>
        <source>The folder &quot;%1&quot; could not be removed</source>
        <translation>Der Ordner „%1“ konnte nicht entfernt werden</translation>
    </message>
    <message>
        <source>The folder &quot;%1&quot; could not be mounted</source>
        <translation>Der Ordner „%1“ konnte nicht eingehängt werden</translation>
    </message>
    <message>
        <source>The folder &quot;%1&quot; could not be unmounted</source>
        <translation>Der Ordner „%1“ konnte nicht ausgehängt werden</translation>
    </message>
    <message>
        <source>The guest has mounted &quot;%1&quot;</source>
        <translation>Der Gast hat „%1“ eingehängt</translation>
    </message>
    <message>
        <source>The guest has unmounted &quot;%1&quot;</source>
        <translation>Der Gast hat „%1“ ausgehängt</translation>
    </message>
    <message>
        <source>The guest has the folder &quot;%1&quot; no more</source>
        <translation>Der Gast hat den Ordner „%1“ nicht mehr</translation>
    </message>
    <message>
        <source>Take the folder &quot;%1&quot; away?</source>
        <translation>Den Ordner „%1“ wegnehmen?</translation>
    </message>
    <message>
        <source>The guest has it mounted. Programs that have files of it open there will fail. It is better to unmount it in the guest first.</source>
        <translation>Der Gast hat ihn eingehängt. Programme, die dort Dateien daraus geöffnet haben, werden scheitern. Besser hängen Sie ihn zuerst im Gast aus.</translation>
    </message>
    <message>
        <source>&amp;Take It Away</source>
        <translation>&amp;Wegnehmen</translation>
    </message>
    <message>
        <source>The disc with the guest tools is being made…</source>
        <translation>Der Datenträger mit den Gastwerkzeugen wird erstellt …</translation>
    </message>
    <message>
        <source>The disc with the guest tools could not be made</source>
        <translation>Der Datenträger mit den Gastwerkzeugen konnte nicht erstellt werden</translation>
    </message>
    <message>
        <source>Take out &quot;%1&quot; for the guest tools?</source>
        <translation>„%1“ für die Gastwerkzeuge herausnehmen?</translation>
    </message>
    <message>
        <source>The guest&apos;s optical drive has this disk in it. It can be inserted again from the Devices menu.</source>
        <translation>Dieser Datenträger liegt im optischen Laufwerk des Gasts. Er kann über das Menü „Geräte“ wieder eingelegt werden.</translation>
    </message>
    <message>
        <source>&amp;Change Disks</source>
        <translation>&amp;Datenträger wechseln</translation>
    </message>
    <message>
        <source>The guest tools are in the drive. In the guest, run the disc&apos;s install.sh as root.</source>
        <translation>Die Gastwerkzeuge liegen im Laufwerk. Führen Sie im Gast install.sh von diesem Datenträger als root aus.</translation>
    </message>
    <message>
        <source>You hear the guest again.</source>
        <translation>Sie hören den Gast wieder.</translation>
    </message>
    <message>
        <source>The guest&apos;s sound is off.</source>
        <translation>Der Ton des Gasts ist aus.</translation>
    </message>
    <message>
        <source>The guest hears your microphone.</source>
        <translation>Der Gast hört Ihr Mikrofon.</translation>
    </message>
    <message>
        <source>The guest hears silence.</source>
        <translation>Der Gast hört Stille.</translation>
    </message>
    <message>
        <source>The sound could not be switched</source>
        <translation>Der Ton konnte nicht umgeschaltet werden</translation>
    </message>
    <message>
        <source>The guest&apos;s screen cannot be recorded</source>
        <translation>Der Bildschirm des Gasts kann nicht aufgezeichnet werden</translation>
    </message>
    <message>
        <source>The recording could not be finished</source>
        <translation>Die Aufzeichnung konnte nicht abgeschlossen werden</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleDisplay</name>
    <message>
        <source>The screen of &quot;%1&quot; is shown in another window.</source>
        <translation>Der Bildschirm von „%1“ wird in einem anderen Fenster gezeigt.</translation>
    </message>
    <message>
        <source>Show Here</source>
        <translation>Hier zeigen</translation>
    </message>
    <message>
        <source>Shown in another window</source>
        <translation>Wird in einem anderen Fenster gezeigt</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Powered off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>This machine has no screen</source>
        <translation>Diese Maschine hat keinen Bildschirm</translation>
    </message>
    <message>
        <source>The screen is not connected</source>
        <translation>Der Bildschirm ist nicht verbunden</translation>
    </message>
    <message>
        <source>Waiting for the guest&apos;s screen…</source>
        <translation>Warten auf den Bildschirm des Gastes …</translation>
    </message>
    <message>
        <source>it cannot be shown in this window</source>
        <translation>er kann in diesem Fenster nicht gezeigt werden</translation>
    </message>
    <message>
        <source>The guest&apos;s screen was lost: %1. The machine runs on.</source>
        <translation>Der Bildschirm des Gastes ging verloren: %1. Die Maschine läuft weiter.</translation>
    </message>
    <message>
        <source>Connect Again</source>
        <translation>Neu verbinden</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleMenus</name>
    <message>
        <source>&amp;Machine</source>
        <translation>&amp;Maschine</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>&amp;Eingabe</translation>
    </message>
    <message>
        <source>Insert Ctrl+Alt+&amp;F1 to F12</source>
        <translation>Strg+Alt+&amp;F1 bis F12 senden</translation>
    </message>
    <message>
        <source>Insert Alt+S&amp;ysRq and a Letter</source>
        <translation>Alt+S-Ab&amp;f und einen Buchstaben senden</translation>
    </message>
    <message>
        <source>Insert Your O&amp;wn Keys</source>
        <translation>&amp;Eigene Tasten senden</translation>
    </message>
    <message>
        <source>&amp;Devices</source>
        <translation>&amp;Geräte</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>This machine has no optical drive.</source>
        <translation>Diese Maschine hat kein optisches Laufwerk.</translation>
    </message>
    <message>
        <source>This machine has no network card.</source>
        <translation>Diese Maschine hat keine Netzwerkkarte.</translation>
    </message>
    <message>
        <source>&amp;Serial Ports…</source>
        <translation>&amp;Serielle Anschlüsse …</translation>
    </message>
    <message>
        <source>Insert Guest &amp;Tools</source>
        <translation>&amp;Gastwerkzeuge einlegen</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleScreen</name>
    <message>
        <source>The guest&apos;s screen</source>
        <translation>Der Bildschirm des Gastes</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>The machine is paused</source>
        <translation>Die Maschine ist angehalten</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleStatusBar</name>
    <message>
        <source>Hard disks</source>
        <translation>Festplatten</translation>
    </message>
    <message>
        <source>Optical drives</source>
        <translation>Optische Laufwerke</translation>
    </message>
    <message>
        <source>Floppy drives</source>
        <translation>Diskettenlaufwerke</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>The guest&apos;s screen resolution</source>
        <translation>Die Auflösung des Gastbildschirms</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>Slow: software emulation</source>
        <translation>Langsam: Software-Emulation</translation>
    </message>
    <message>
        <source>The guest&apos;s processor is emulated by software, which is many times slower than the hardware could be.</source>
        <translation>Der Prozessor des Gastes wird von Software nachgebildet, was um ein Vielfaches langsamer ist, als die Hardware sein könnte.</translation>
    </message>
    <message>
        <source>The guest runs on the processor itself (%1).</source>
        <translation>Der Gast läuft auf dem Prozessor selbst (%1).</translation>
    </message>
    <message>
        <source>Acceleration: %1</source>
        <translation>Beschleunigung: %1</translation>
    </message>
    <message>
        <source>%1 read, %2 written</source>
        <translation>%1 gelesen, %2 geschrieben</translation>
    </message>
    <message>
        <source>%1 read</source>
        <translation>%1 gelesen</translation>
    </message>
    <message>
        <source>%1 read and written</source>
        <translation>%1 gelesen und geschrieben</translation>
    </message>
    <message>
        <source>cable connected</source>
        <translation>Kabel eingesteckt</translation>
    </message>
    <message>
        <source>cable unplugged</source>
        <translation>Kabel gezogen</translation>
    </message>
    <message>
        <source>Adapter %1: %2, %3</source>
        <translation>Adapter %1: %2, %3</translation>
    </message>
    <message>
        <source>Integrated</source>
        <translation>Eingebunden</translation>
    </message>
    <message>
        <source>The guest follows your pointer: move in and out as you like.</source>
        <translation>Der Gast folgt Ihrem Zeiger: bewegen Sie ihn hinein und hinaus, wie Sie möchten.</translation>
    </message>
    <message>
        <source>Captured</source>
        <translation>Eingefangen</translation>
    </message>
    <message>
        <source>The guest has your pointer. Press %1 to release it.</source>
        <translation>Der Gast hat Ihren Zeiger. %1 gibt ihn frei.</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>Click into the guest&apos;s screen to give it your pointer. %1 releases it again.</source>
        <translation>Klicken Sie in den Bildschirm des Gastes, um ihm Ihren Zeiger zu geben. %1 gibt ihn wieder frei.</translation>
    </message>
    <message>
        <source>Pointer: %1</source>
        <translation>Zeiger: %1</translation>
    </message>
    <message>
        <source>Every key goes to the guest, those of your desktop too. Press %1 to end this.</source>
        <translation>Jede Taste geht an den Gast, auch die Ihrer Arbeitsumgebung. %1 beendet das.</translation>
    </message>
    <message>
        <source>Your desktop keeps its own keys; click here or press %1 to send them to the guest.</source>
        <translation>Ihre Arbeitsumgebung behält ihre eigenen Tasten; klicken Sie hier oder drücken Sie %1, um sie an den Gast zu senden.</translation>
    </message>
    <message>
        <source>Keyboard: %1</source>
        <translation>Tastatur: %1</translation>
    </message>
    <message>
        <source>The host key: alone it captures and releases keyboard and pointer, with other keys it commands this window.</source>
        <translation>Die Host-Taste: allein fängt sie Tastatur und Zeiger ein und gibt sie frei, mit anderen Tasten gibt sie diesem Fenster Befehle.</translation>
    </message>
    <message>
        <source>Host key: %1</source>
        <translation>Host-Taste: %1</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Resolution: %1</source>
        <translation>Auflösung: %1</translation>
    </message>
    <message>
        <source>%1 received, %2 sent</source>
        <translation>%1 empfangen, %2 gesendet</translation>
    </message>
    <message>
        <source>Traffic is not counted</source>
        <translation>Der Verkehr wird nicht gezählt</translation>
    </message>
    <message>
        <source>Keys go to the guest, but your desktop keeps its own shortcuts. Press %1 to end this.</source>
        <translation>Tasten gehen an den Gast, aber Ihre Arbeitsumgebung behält ihre eigenen Kürzel. %1 beendet das.</translation>
    </message>
    <message>
        <source>Disposable</source>
        <translation>Wegwerf-Lauf</translation>
    </message>
    <message>
        <source>Nothing of this run is kept: what the guest writes goes away when it is powered off.</source>
        <translation>Von diesem Lauf bleibt nichts: was der Gast schreibt, verschwindet, wenn er ausgeschaltet wird.</translation>
    </message>
    <message>
        <source>Shared clipboard: %1</source>
        <translation>Gemeinsame Zwischenablage: %1</translation>
    </message>
    <message>
        <source>The guest&apos;s sound is off. Click to hear it.</source>
        <translation>Der Ton des Gasts ist aus. Ein Klick schaltet ihn ein.</translation>
    </message>
    <message>
        <source>You hear the guest. Click to mute it.</source>
        <translation>Sie hören den Gast. Ein Klick schaltet ihn stumm.</translation>
    </message>
    <message>
        <source>The guest hears your microphone.</source>
        <translation>Der Gast hört Ihr Mikrofon.</translation>
    </message>
    <message>
        <source>The guest does not hear your microphone.</source>
        <translation>Der Gast hört Ihr Mikrofon nicht.</translation>
    </message>
    <message>
        <source>Sound: off</source>
        <translation>Ton: aus</translation>
    </message>
    <message>
        <source>Sound: on</source>
        <translation>Ton: ein</translation>
    </message>
</context>
<context>
    <name>ui::ConsoleWindow</name>
    <message>
        <source>There is no text in your clipboard.</source>
        <translation>In Ihrer Zwischenablage ist kein Text.</translation>
    </message>
    <message>
        <source>Typing into the guest: %1 of %2 keys</source>
        <translation>Es wird in den Gast getippt: %1 von %2 Tasten</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>The choice could not be remembered</source>
        <translation>Die Wahl konnte nicht gemerkt werden</translation>
    </message>
    <message>
        <source>%1 [%2] - Vitrine</source>
        <translation>%1 [%2] - Vitrine</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has stopped unexpectedly</source>
        <translation>„%1“ wurde unerwartet beendet</translation>
    </message>
    <message>
        <source>The engine that ran it ended without saying why</source>
        <translation>Die Engine, mit der sie lief, endete ohne Angabe von Gründen</translation>
    </message>
    <message>
        <source>The log may tell more</source>
        <translation>Vielleicht sagt das Protokoll mehr</translation>
    </message>
    <message>
        <source>&quot;%1&quot; was stopped by an error</source>
        <translation>„%1“ wurde von einem Fehler beendet</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be started</source>
        <translation>„%1“ konnte nicht gestartet werden</translation>
    </message>
    <message>
        <source>The machine&apos;s window could not be opened</source>
        <translation>Das Fenster der Maschine konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>There is no running machine to show</source>
        <translation>Es gibt keine laufende Maschine zu zeigen</translation>
    </message>
    <message>
        <source>The process that ran the machine is gone</source>
        <translation>Der Prozess, in dem die Maschine lief, ist verschwunden</translation>
    </message>
    <message>
        <source>The log may tell more; the machine can be started again</source>
        <translation>Vielleicht sagt das Protokoll mehr; die Maschine kann neu gestartet werden</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Power Off…</source>
        <translation>Ausschalten …</translation>
    </message>
    <message>
        <source>This machine runs by software emulation and will be slow.</source>
        <translation>Diese Maschine läuft mit Software-Emulation und wird langsam sein.</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>Warum?</translation>
    </message>
    <message>
        <source>Acceleration</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>The guest&apos;s processor is emulated by software, which is many times slower than the hardware could be.</source>
        <translation>Der Prozessor des Gastes wird von Software nachgebildet, was um ein Vielfaches langsamer ist, als die Hardware sein könnte.</translation>
    </message>
    <message>
        <source>The guest runs on the processor itself (%1).</source>
        <translation>Der Gast läuft auf dem Prozessor selbst (%1).</translation>
    </message>
    <message>
        <source>Vitrine</source>
        <translation>Vitrine</translation>
    </message>
    <message>
        <source>Press %1 to release the pointer</source>
        <translation>%1 gibt den Zeiger frei</translation>
    </message>
    <message>
        <source>Screen of %1</source>
        <translation>Bildschirm von %1</translation>
    </message>
    <message>
        <source>%1 × %2, %3</source>
        <translation>%1 × %2, %3</translation>
    </message>
    <message>
        <source>Press %1 to leave full screen</source>
        <translation>%1 verlässt das Vollbild</translation>
    </message>
    <message>
        <source>The screen chosen for this machine is not connected.</source>
        <translation>Der für diese Maschine gewählte Bildschirm ist nicht angeschlossen.</translation>
    </message>
    <message>
        <source>Zoom: %1 %</source>
        <translation>Zoom: %1 %</translation>
    </message>
    <message>
        <source>%1 [%2, Disposable] - Vitrine</source>
        <extracomment>A window title: machine, state</extracomment>
        <translation>%1 [%2, Wegwerf-Lauf] - Vitrine</translation>
    </message>
    <message>
        <source>Saving the machine&apos;s state: %1 %</source>
        <translation>Der Zustand der Maschine wird gespeichert: %1 %</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The next window will not remember this: %1</source>
        <translation>Das nächste Fenster wird sich das nicht merken: %1</translation>
    </message>
    <message>
        <source>Shared clipboard: %1. %2</source>
        <translation>Gemeinsame Zwischenablage: %1. %2</translation>
    </message>
    <message>
        <source>The guest cannot use the shared folder &quot;%1&quot;. %2</source>
        <translation>Der Gast kann den gemeinsamen Ordner „%1“ nicht benutzen. %2</translation>
    </message>
    <message>
        <source>The guest&apos;s screen is being recorded.</source>
        <translation>Der Bildschirm des Gasts wird aufgezeichnet.</translation>
    </message>
    <message>
        <source>The film of the guest&apos;s screen is &quot;%1&quot;.</source>
        <translation>Der Film vom Bildschirm des Gasts ist „%1“.</translation>
    </message>
    <message>
        <source>The recording to &quot;%1&quot; has ended: %2.</source>
        <translation>Die Aufzeichnung nach „%1“ ist zu Ende: %2.</translation>
    </message>
    <message>
        <source>Open Folder</source>
        <translation>Ordner öffnen</translation>
    </message>
</context>
<context>
    <name>ui::CopyDialog</name>
    <message>
        <source>%1 Copy</source>
        <translation>%1 Kopie</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copy &quot;%1&quot;</source>
        <translation>„%1“ kopieren</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>&amp;Folder:</source>
        <translation>&amp;Ordner:</translation>
    </message>
    <message>
        <source>New ones for all network cards</source>
        <translation>Neue für alle Netzwerkkarten</translation>
    </message>
    <message>
        <source>The same as the original&apos;s</source>
        <translation>Dieselben wie beim Original</translation>
    </message>
    <message>
        <source>The same for cards behind NAT, new ones for others</source>
        <translation>Dieselben für Karten hinter NAT, neue für andere</translation>
    </message>
    <message>
        <source>&amp;MAC addresses:</source>
        <translation>&amp;MAC-Adressen:</translation>
    </message>
    <message>
        <source>The copy takes at most %1.</source>
        <translation>Die Kopie belegt höchstens %1.</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be copied</source>
        <translation>Die Maschine „%1“ konnte nicht kopiert werden</translation>
    </message>
</context>
<context>
    <name>ui::DetailsPane</name>
    <message>
        <source>Details of the selected machine</source>
        <translation>Einzelheiten der gewählten Maschine</translation>
    </message>
    <message>
        <source>This machine cannot be read</source>
        <translation>Diese Maschine kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>Mend or replace the file, or take the machine off the list with Remove.</source>
        <translation>Reparieren oder ersetzen Sie die Datei, oder nehmen Sie die Maschine mit „Entfernen“ von der Liste.</translation>
    </message>
    <message>
        <source>Double-click to change it</source>
        <translation>Doppelklick, um es zu ändern</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Machines: %1</source>
        <translation>Maschinen: %1</translation>
    </message>
    <message>
        <source>Machines</source>
        <translation>Maschinen</translation>
    </message>
    <message>
        <source>and more</source>
        <translation>und mehr</translation>
    </message>
</context>
<context>
    <name>ui::DisplayPage</name>
    <message>
        <source>&amp;Enable the SPICE server</source>
        <translation>SPICE-Server &amp;einschalten</translation>
    </message>
    <message>
        <source>Encr&amp;ypt the connection (TLS)</source>
        <translation>Verbindung &amp;verschlüsseln (TLS)</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>Bildschirm</translation>
    </message>
    <message>
        <source>Remote Display</source>
        <translation>Fernanzeige</translation>
    </message>
    <message>
        <source>Programs on this or another computer can show and use the machine&apos;s screen</source>
        <translation>Programme auf diesem oder einem anderen Computer können den Bildschirm der Maschine zeigen und bedienen</translation>
    </message>
    <message>
        <source>remote display spice vnc rdp vrde vrdp network headless</source>
        <translation>fernanzeige fernsteuerung remote display spice vnc rdp vrde vrdp netzwerk headless</translation>
    </message>
    <message>
        <source>127.0.0.1: this computer only</source>
        <translation>127.0.0.1: nur dieser Computer</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>&amp;Adresse:</translation>
    </message>
    <message>
        <source>remote display ip listen interface network</source>
        <translation>fernanzeige ip schnittstelle netzwerk listen</translation>
    </message>
    <message>
        <source>any that is free</source>
        <translation>ein beliebiger freier</translation>
    </message>
    <message>
        <source>P&amp;ort:</source>
        <translation>P&amp;ort:</translation>
    </message>
    <message>
        <source>Of a range, as 5900-5910, the first that is free</source>
        <translation>Aus einem Bereich wie 5900-5910 der erste freie</translation>
    </message>
    <message>
        <source>remote display tcp range</source>
        <translation>fernanzeige tcp bereich</translation>
    </message>
    <message>
        <source>none is asked for</source>
        <translation>es wird keines verlangt</translation>
    </message>
    <message>
        <source>Pass&amp;word:</source>
        <translation>Pass&amp;wort:</translation>
    </message>
    <message>
        <source>Who connects has to give it; only you can read it</source>
        <translation>Wer sich verbindet, muss es angeben; lesen können nur Sie es</translation>
    </message>
    <message>
        <source>remote display secret authentication security ticket</source>
        <translation>fernanzeige geheimnis anmeldung sicherheit kennwort</translation>
    </message>
    <message>
        <source>Nothing goes over the network in the clear, and clients without TLS are refused</source>
        <translation>Nichts geht unverschlüsselt über das Netzwerk, und Programme ohne TLS werden abgewiesen</translation>
    </message>
    <message>
        <source>remote display tls ssl certificate security encryption</source>
        <translation>fernanzeige tls ssl zertifikat sicherheit verschlüsselung</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>VGA: every system knows it</source>
        <translation>VGA: kennt jedes System</translation>
    </message>
    <message>
        <source>VirtIO GPU: for current Linux systems</source>
        <translation>VirtIO-GPU: für heutige Linux-Systeme</translation>
    </message>
    <message>
        <source>QXL: for systems with its driver</source>
        <translation>QXL: für Systeme mit seinem Treiber</translation>
    </message>
    <message>
        <source>None: without a screen</source>
        <translation>Keiner: ohne Bildschirm</translation>
    </message>
    <message>
        <source>&amp;Graphics adapter:</source>
        <translation>&amp;Grafikadapter:</translation>
    </message>
    <message>
        <source>The card that the guest sees</source>
        <translation>Die Karte, die der Gast sieht</translation>
    </message>
    <message>
        <source>screen monitor gpu vga vmsvga controller video</source>
        <translation>Bildschirm Monitor Grafik GPU vga vmsvga Controller Video</translation>
    </message>
    <message>
        <source>Video &amp;memory:</source>
        <translation>Grafik&amp;speicher:</translation>
    </message>
    <message>
        <source>More allows a larger screen: 16 MB are enough for 4K</source>
        <translation>Mehr erlaubt einen größeren Bildschirm: 16 MB reichen für 4K</translation>
    </message>
    <message>
        <source>vram resolution screen</source>
        <translation>vram Auflösung Bildschirm</translation>
    </message>
    <message>
        <source>Monitor &amp;count:</source>
        <translation>Anzahl &amp;Monitore:</translation>
    </message>
    <message>
        <source>Each has a window of its own; several are for the VirtIO GPU</source>
        <translation>Jeder hat ein eigenes Fenster; mehrere gibt es mit der VirtIO-GPU</translation>
    </message>
    <message>
        <source>monitors screens heads dual multi</source>
        <translation>Monitore Bildschirme zwei mehrere dual multi</translation>
    </message>
    <message>
        <source>One of this computer&apos;s addresses; 0.0.0.0 stands for all of its networks, unix for a Unix socket that only your own programs reach</source>
        <translation>Eine Adresse dieses Computers; 0.0.0.0 steht für alle seine Netzwerke, unix für einen Unix-Socket, den nur Ihre eigenen Programme erreichen</translation>
    </message>
    <message>
        <source>While the machine runs, its details in the manager show the address for clients.</source>
        <translation>Solange die Maschine läuft, zeigen ihre Einzelheiten im Manager die Adresse für Clients.</translation>
    </message>
</context>
<context>
    <name>ui::EmptyState</name>
    <message>
        <source>Drop an ISO here</source>
        <translation>Hier eine ISO ablegen</translation>
    </message>
    <message>
        <source>A new machine is two clicks away. A disk image, or the folder of a machine that you already have, can be dropped as well.</source>
        <translation>Eine neue Maschine ist zwei Klicks entfernt. Auch ein Datenträgerabbild oder der Ordner einer vorhandenen Maschine kann hier abgelegt werden.</translation>
    </message>
    <message>
        <source>&amp;Choose an ISO...</source>
        <translation>&amp;ISO wählen …</translation>
    </message>
    <message>
        <source>&amp;Open a machine folder...</source>
        <translation>Maschinenordner &amp;öffnen …</translation>
    </message>
</context>
<context>
    <name>ui::FileDrop</name>
    <message>
        <source>The guest&apos;s screen is not connected anymore</source>
        <translation>Der Bildschirm des Gastes ist nicht mehr verbunden</translation>
    </message>
    <message>
        <source>Copy Files to the Guest</source>
        <translation>Dateien in den Gast kopieren</translation>
    </message>
    <message>
        <source>Other files are being copied to the guest.</source>
        <translation>Es werden gerade andere Dateien in den Gast kopiert.</translation>
    </message>
    <message>
        <source>Drag and drop to this guest is off.</source>
        <translation>Ziehen und Ablegen ist für diesen Gast ausgeschaltet.</translation>
    </message>
    <message>
        <source>&amp;Allow It</source>
        <translation>&amp;Erlauben</translation>
    </message>
    <message>
        <source>Folders cannot be dropped onto a guest.</source>
        <translation>Ordner können nicht auf einen Gast gezogen werden.</translation>
    </message>
    <message>
        <source>No agent in the guest takes files.</source>
        <translation>Kein Agent im Gast nimmt Dateien an.</translation>
    </message>
    <message>
        <source>Copying to the guest…</source>
        <translation>Wird in den Gast kopiert …</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>%1 Insert them as a USB stick instead?</source>
        <extracomment>After the reason why files cannot be dropped</extracomment>
        <translation>%1 Stattdessen als USB-Stick einlegen?</translation>
    </message>
    <message>
        <source>&amp;Insert</source>
        <translation>&amp;Einlegen</translation>
    </message>
    <message>
        <source>Copying &quot;%1&quot; to the guest: %2 %</source>
        <translation>„%1“ wird in den Gast kopiert: %2 %</translation>
    </message>
    <message>
        <source>Copying %1 files to the guest: %2 %</source>
        <translation>%1 Dateien werden in den Gast kopiert: %2 %</translation>
    </message>
    <message>
        <source>Copying to the guest was canceled.</source>
        <translation>Das Kopieren in den Gast wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The files could not be copied to the guest: %1.</source>
        <translation>Die Dateien konnten nicht in den Gast kopiert werden: %1.</translation>
    </message>
    <message>
        <source>The guest has &quot;%1&quot; where its agent puts downloads</source>
        <translation>Der Gast hat „%1“ dort, wo sein Agent Heruntergeladenes ablegt</translation>
    </message>
    <message>
        <source>The guest has the %1 files where its agent puts downloads</source>
        <translation>Der Gast hat die %1 Dateien dort, wo sein Agent Heruntergeladenes ablegt</translation>
    </message>
</context>
<context>
    <name>ui::FileListModel</name>
    <message>
        <source>%1, owned by %2, group %3</source>
        <translation>%1, gehört %2, Gruppe %3</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Modified</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Permissions</source>
        <translation>Rechte</translation>
    </message>
</context>
<context>
    <name>ui::FileManager</name>
    <message>
        <source>This Computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>Guest, as its Administrator</source>
        <translation>Gast, als sein Verwalter</translation>
    </message>
    <message>
        <source>Copy to &amp;Guest</source>
        <translation>In den &amp;Gast kopieren</translation>
    </message>
    <message>
        <source>Copy to This &amp;Computer</source>
        <translation>Auf diesen &amp;Computer kopieren</translation>
    </message>
    <message>
        <source>&amp;Stop Copying</source>
        <translation>Kopieren &amp;abbrechen</translation>
    </message>
    <message>
        <source>%1 - File Manager</source>
        <translation>%1 - Dateiverwaltung</translation>
    </message>
    <message>
        <source>Copy what is selected on this computer into the guest&apos;s folder (F5)</source>
        <translation>Kopiert, was auf diesem Computer ausgewählt ist, in den Ordner des Gasts (F5)</translation>
    </message>
    <message>
        <source>Copy what is selected in the guest into this computer&apos;s folder (F5)</source>
        <translation>Kopiert, was im Gast ausgewählt ist, in den Ordner dieses Computers (F5)</translation>
    </message>
    <message>
        <source>Copied so far</source>
        <translation>Bisher kopiert</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>Sch&amp;ließen</translation>
    </message>
    <message>
        <source>Asking the machine…</source>
        <translation>Die Maschine wird gefragt …</translation>
    </message>
    <message>
        <source>The machine does not run.</source>
        <translation>Die Maschine läuft nicht.</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>The guest&apos;s folder has entries of these names already.</source>
        <translation>Der Ordner des Gasts hat schon Einträge mit diesen Namen.</translation>
    </message>
    <message>
        <source>This computer&apos;s folder has entries of these names already.</source>
        <translation>Der Ordner dieses Computers hat schon Einträge mit diesen Namen.</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>&amp;Ersetzen</translation>
    </message>
    <message>
        <source>Copy Only the &amp;Others</source>
        <translation>Nur die &amp;anderen kopieren</translation>
    </message>
    <message>
        <source>Looking at what is to be copied…</source>
        <translation>Was zu kopieren ist, wird angesehen …</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) copied, %1.</source>
        <translation>
            <numerusform>%n Datei kopiert, %1.</numerusform>
            <numerusform>%n Dateien kopiert, %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n link(s) and the like were left out.</source>
        <translation>
            <numerusform>%n Verknüpfung oder Ähnliches wurde ausgelassen.</numerusform>
            <numerusform>%n Verknüpfungen und Ähnliches wurden ausgelassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>The copying was stopped.</source>
        <translation>Das Kopieren wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Not everything was copied.</source>
        <translation>Nicht alles wurde kopiert.</translation>
    </message>
    <message>
        <source>Not everything was copied</source>
        <translation>Nicht alles wurde kopiert</translation>
    </message>
    <message>
        <source>File Manager</source>
        <translation>Dateiverwaltung</translation>
    </message>
    <message>
        <source>Files are being copied. Stop that and close the window?</source>
        <translation>Es werden Dateien kopiert. Das abbrechen und das Fenster schließen?</translation>
    </message>
    <message>
        <source>&amp;Stop and Close</source>
        <translation>&amp;Abbrechen und schließen</translation>
    </message>
    <message>
        <source>No guest agent answers in the machine. Choose Devices ▸ Insert Guest Tools in its window and run the disc&apos;s install.sh in the guest as root, or install the package qemu-guest-agent there and start its service. This window notices it by itself.</source>
        <translation>In der Maschine antwortet kein Gastagent. Wählen Sie in ihrem Fenster Geräte ▸ Gastwerkzeuge einlegen und führen Sie im Gast install.sh von der CD als root aus, oder installieren Sie dort das Paket qemu-guest-agent und starten Sie seinen Dienst. Dieses Fenster bemerkt es von selbst.</translation>
    </message>
</context>
<context>
    <name>ui::FilePane</name>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder Above</source>
        <translation>Übergeordneter Ordner</translation>
    </message>
    <message>
        <source>Read Again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>New Folder…</source>
        <translation>Neuer Ordner …</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>The folder could not be opened</source>
        <translation>Der Ordner konnte nicht geöffnet werden</translation>
    </message>
    <message numerus="yes">
        <source>%n entries</source>
        <translation>
            <numerusform>%n Eintrag</numerusform>
            <numerusform>%n Einträge</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected, %1</source>
        <translation>
            <numerusform>%n ausgewählt, %1</numerusform>
            <numerusform>%n ausgewählt, %1</numerusform>
        </translation>
    </message>
    <message>
        <source>A name is needed</source>
        <translation>Ein Name wird gebraucht</translation>
    </message>
    <message>
        <source>This cannot be a name</source>
        <translation>Das kann kein Name sein</translation>
    </message>
    <message>
        <source>The folder has an entry of this name already</source>
        <translation>Der Ordner hat schon einen Eintrag mit diesem Namen</translation>
    </message>
    <message>
        <source>New Folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>&amp;Make</source>
        <translation>&amp;Anlegen</translation>
    </message>
    <message>
        <source>The folder could not be made</source>
        <translation>Der Ordner konnte nicht angelegt werden</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>This is its name now</source>
        <translation>So heißt es jetzt</translation>
    </message>
    <message>
        <source>It could not be renamed</source>
        <translation>Es konnte nicht umbenannt werden</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete &quot;%1&quot;?</source>
        <translation>„%1“ löschen?</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n entries?</source>
        <translation>
            <numerusform>%n Eintrag löschen?</numerusform>
            <numerusform>%n Einträge löschen?</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>Wird gelöscht …</translation>
    </message>
    <message>
        <source>It could not be deleted</source>
        <translation>Es konnte nicht gelöscht werden</translation>
    </message>
</context>
<context>
    <name>ui::FolderMenu</name>
    <message>
        <source>not available</source>
        <translation>nicht verfügbar</translation>
    </message>
    <message>
        <source>mounted</source>
        <translation>eingehängt</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>nur lesbar</translation>
    </message>
    <message>
        <source>until power-off</source>
        <translation>bis zum Ausschalten</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Shared Fol&amp;ders</source>
        <translation>Gemeinsame Or&amp;dner</translation>
    </message>
    <message>
        <source>The guest has no shared folders</source>
        <translation>Der Gast hat keine gemeinsamen Ordner</translation>
    </message>
    <message>
        <source>&amp;Share a Folder…</source>
        <translation>Ordner &amp;freigeben …</translation>
    </message>
    <message>
        <source>&amp;Copy the Mount Command</source>
        <translation>Befehl zum Einhängen &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Unmount It in the Guest</source>
        <translation>Im Gast &amp;aushängen</translation>
    </message>
    <message>
        <source>&amp;Mount It in the Guest</source>
        <translation>Im Gast &amp;einhängen</translation>
    </message>
    <message>
        <source>The guest has no agent (qemu-guest-agent) that could do it; the command below does it in a terminal of the guest</source>
        <translation>Der Gast hat keinen Agenten (qemu-guest-agent), der das könnte; der Befehl darunter tut es in einem Terminal des Gasts</translation>
    </message>
    <message>
        <source>For a terminal in a Linux guest</source>
        <translation>Für ein Terminal in einem Linux-Gast</translation>
    </message>
    <message>
        <source>The command was copied. Paste it into a terminal of the guest</source>
        <translation>Der Befehl wurde kopiert. Fügen Sie ihn in ein Terminal des Gastes ein</translation>
    </message>
    <message>
        <source>&amp;Open the Folder on This Computer</source>
        <translation>Ordner auf diesem Computer ö&amp;ffnen</translation>
    </message>
    <message>
        <source>&amp;Remove It from the Guest</source>
        <translation>&amp;Vom Gast entfernen</translation>
    </message>
</context>
<context>
    <name>ui::ForwardModel</name>
    <message>
        <source>How commands call the rule</source>
        <translation>Wie Befehle die Regel nennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>This computer&apos;s address; 0.0.0.0 lets others in, too</source>
        <translation>Die Adresse dieses Computers; 0.0.0.0 lässt auch andere herein</translation>
    </message>
    <message>
        <source>Host port</source>
        <translation>Host-Port</translation>
    </message>
    <message>
        <source>The guest&apos;s address; empty: what it was given</source>
        <translation>Die Adresse des Gastes; leer: die, die ihm gegeben wurde</translation>
    </message>
    <message>
        <source>Guest port</source>
        <translation>Gast-Port</translation>
    </message>
    <message>
        <source>Host IP</source>
        <translation>Host-IP</translation>
    </message>
    <message>
        <source>Guest IP</source>
        <translation>Gast-IP</translation>
    </message>
</context>
<context>
    <name>ui::ForwardTable</name>
    <message>
        <source>Port forwards</source>
        <translation>Portweiterleitungen</translation>
    </message>
    <message>
        <source>Add a port forward</source>
        <translation>Eine Portweiterleitung hinzufügen</translation>
    </message>
    <message>
        <source>Copy the selected port forward</source>
        <translation>Die gewählte Portweiterleitung kopieren</translation>
    </message>
    <message>
        <source>Delete the selected port forward</source>
        <translation>Die gewählte Portweiterleitung löschen</translation>
    </message>
    <message>
        <source>Rule %1</source>
        <translation>Regel %1</translation>
    </message>
</context>
<context>
    <name>ui::FullScreenMenu</name>
    <message>
        <source>Full Screen &amp;on</source>
        <translation>Vollbild a&amp;uf</translation>
    </message>
    <message>
        <source>Choose the screen that the guest fills; it is remembered for this machine</source>
        <translation>Den Bildschirm wählen, den der Gast füllt; er wird für diese Maschine gemerkt</translation>
    </message>
    <message>
        <source>The Screen the &amp;Window is on</source>
        <translation>Der Bildschirm, auf dem das &amp;Fenster ist</translation>
    </message>
    <message>
        <source>%1 (not connected)</source>
        <translation>%1 (nicht angeschlossen)</translation>
    </message>
    <message>
        <source>Until it is connected again, the guest fills the screen that the window is on.</source>
        <translation>Bis er wieder angeschlossen ist, füllt der Gast den Bildschirm, auf dem das Fenster ist.</translation>
    </message>
</context>
<context>
    <name>ui::GeneralPage</name>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Start this machine &amp;when I log in</source>
        <translation>Diese Maschine starten, wenn ich mich an&amp;melde</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>Its folder gets this name, too</source>
        <translation>Auch ihr Ordner bekommt diesen Namen</translation>
    </message>
    <message>
        <source>rename title</source>
        <translation>umbenennen Titel</translation>
    </message>
    <message>
        <source>&amp;Operating system:</source>
        <translation>&amp;Betriebssystem:</translation>
    </message>
    <message>
        <source>What runs in the machine: its picture, and some details of its processor</source>
        <translation>Was in der Maschine läuft: ihr Bild und einige Einzelheiten ihres Prozessors</translation>
    </message>
    <message>
        <source>os type version guest linux windows bsd</source>
        <translation>Betriebssystem Typ Version Gast Linux Windows BSD</translation>
    </message>
    <message>
        <source>/Work, /Tests/Old</source>
        <translation>/Arbeit, /Tests/Alt</translation>
    </message>
    <message>
        <source>&amp;Groups:</source>
        <translation>&amp;Gruppen:</translation>
    </message>
    <message>
        <source>Folders of the machine list, separated by commas</source>
        <translation>Ordner der Maschinenliste, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>folder category tag</source>
        <translation>Ordner Kategorie Etikett</translation>
    </message>
    <message>
        <source>&amp;Description:</source>
        <translation>B&amp;eschreibung:</translation>
    </message>
    <message>
        <source>Your notes on this machine</source>
        <translation>Ihre Notizen zu dieser Maschine</translation>
    </message>
    <message>
        <source>notes comment</source>
        <translation>Notizen Kommentar</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
    <message>
        <source>It starts in the background, without a window</source>
        <translation>Sie startet im Hintergrund, ohne Fenster</translation>
    </message>
    <message>
        <source>boot automatic login</source>
        <translation>Start automatisch Anmeldung</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Sofort</translation>
    </message>
    <message>
        <source>&amp;After:</source>
        <translation>&amp;Nach:</translation>
    </message>
    <message>
        <source>How long to wait after the login</source>
        <translation>Wie lange nach der Anmeldung gewartet wird</translation>
    </message>
    <message>
        <source>delay seconds autostart</source>
        <translation>Verzögerung Sekunden Autostart</translation>
    </message>
    <message>
        <source>Other or unknown</source>
        <translation>Anderes oder unbekanntes</translation>
    </message>
</context>
<context>
    <name>ui::GuestFileSource</name>
    <message>
        <source>It is deleted in the guest for good, folders with all that is in them.</source>
        <translation>Es wird im Gast endgültig gelöscht, Ordner mit allem, was darin ist.</translation>
    </message>
</context>
<context>
    <name>ui::GuestKeys</name>
    <message>
        <source>&amp;R: take the keyboard back</source>
        <translation>&amp;R: die Tastatur zurückholen</translation>
    </message>
    <message>
        <source>&amp;E: ask all programs to end</source>
        <translation>&amp;E: alle Programme bitten, sich zu beenden</translation>
    </message>
    <message>
        <source>&amp;I: kill all programs</source>
        <translation>&amp;I: alle Programme abbrechen</translation>
    </message>
    <message>
        <source>&amp;S: write everything to the disks</source>
        <translation>&amp;S: alles auf die Platten schreiben</translation>
    </message>
    <message>
        <source>&amp;U: make the disks read-only</source>
        <translation>&amp;U: die Platten nur noch lesbar machen</translation>
    </message>
    <message>
        <source>&amp;B: restart at once</source>
        <translation>&amp;B: sofort neu starten</translation>
    </message>
    <message>
        <source>&amp;O: power off at once</source>
        <translation>&amp;O: sofort ausschalten</translation>
    </message>
    <message>
        <source>&amp;F: end the program with the most memory</source>
        <translation>&amp;F: das Programm mit dem meisten Speicher beenden</translation>
    </message>
    <message>
        <source>&amp;H: list the keys on the console</source>
        <translation>&amp;H: die Tasten auf der Konsole auflisten</translation>
    </message>
</context>
<context>
    <name>ui::HostFileSource</name>
    <message>
        <source>The folder &quot;%1&quot; does not exist</source>
        <translation>Den Ordner „%1“ gibt es nicht</translation>
    </message>
    <message>
        <source>The folder &quot;%1&quot; may not be read by you</source>
        <translation>Sie dürfen den Ordner „%1“ nicht lesen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no folder</source>
        <translation>„%1“ ist kein Ordner</translation>
    </message>
    <message>
        <source>The folder was not made: %1</source>
        <translation>Der Ordner wurde nicht angelegt: %1</translation>
    </message>
    <message>
        <source>It was not renamed: %1</source>
        <translation>Es wurde nicht umbenannt: %1</translation>
    </message>
    <message>
        <source>&quot;%1&quot; was not moved to the trash: %2</source>
        <translation>„%1“ wurde nicht in den Papierkorb verschoben: %2</translation>
    </message>
    <message>
        <source>It goes to the trash of this computer.</source>
        <translation>Es kommt in den Papierkorb dieses Computers.</translation>
    </message>
</context>
<context>
    <name>ui::InterfacePage</name>
    <message>
        <source>User Interface</source>
        <translation>Oberfläche</translation>
    </message>
    <message>
        <source>&amp;Menu bar</source>
        <translation>&amp;Menüleiste</translation>
    </message>
    <message>
        <source>Status &amp;bar</source>
        <translation>Status&amp;leiste</translation>
    </message>
    <message>
        <source>Without it, the host key and Home bring the menus</source>
        <translation>Ohne sie bringen Host-Taste und Pos1 die Menüs</translation>
    </message>
    <message>
        <source>window menu</source>
        <translation>Fenster Menü</translation>
    </message>
    <message>
        <source>The lights and states at the window&apos;s bottom</source>
        <translation>Lampen und Zustände am unteren Rand des Fensters</translation>
    </message>
    <message>
        <source>window lights</source>
        <translation>Fenster Lampen</translation>
    </message>
    <message>
        <source>As in the preferences</source>
        <translation>Wie in den Einstellungen</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Gezeigt</translation>
    </message>
    <message>
        <source>Not shown</source>
        <translation>Nicht gezeigt</translation>
    </message>
    <message>
        <source>Mini &amp;tool bar:</source>
        <translation>Mini-&amp;Werkzeugleiste:</translation>
    </message>
    <message>
        <source>In full screen it slides in when the pointer touches the edge</source>
        <translation>Im Vollbild erscheint sie, wenn der Zeiger den Rand berührt</translation>
    </message>
    <message>
        <source>full screen toolbar</source>
        <translation>Vollbild Werkzeugleiste</translation>
    </message>
    <message>
        <source>At the top</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>At the bottom</source>
        <translation>Unten</translation>
    </message>
    <message>
        <source>Its &amp;place:</source>
        <translation>Ihr &amp;Ort:</translation>
    </message>
    <message>
        <source>mini toolbar top bottom alignment full screen</source>
        <translation>Mini-Werkzeugleiste oben unten Ausrichtung Vollbild</translation>
    </message>
    <message>
        <source>As it was left</source>
        <translation>Wie er verlassen wurde</translation>
    </message>
    <message>
        <source>Scaled to the window</source>
        <translation>Auf das Fenster skaliert</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>The guest&apos;s &amp;screen:</source>
        <translation>Der &amp;Bildschirm des Gastes:</translation>
    </message>
    <message>
        <source>When the window opens; its View menu changes it</source>
        <translation>Wenn das Fenster geöffnet wird; sein Menü „Ansicht“ ändert es</translation>
    </message>
    <message>
        <source>zoom scale hidpi factor size</source>
        <translation>Zoom Skalierung HiDPI Faktor Größe</translation>
    </message>
    <message>
        <source>Lets the machine run in the background</source>
        <translation>lässt die Maschine im Hintergrund laufen</translation>
    </message>
    <message>
        <source>Saves the machine&apos;s state</source>
        <translation>speichert den Zustand der Maschine</translation>
    </message>
    <message>
        <source>Shuts the machine down</source>
        <translation>fährt die Maschine herunter</translation>
    </message>
    <message>
        <source>Powers the machine off</source>
        <translation>schaltet die Maschine aus</translation>
    </message>
    <message>
        <source>&amp;Closing the window:</source>
        <translation>Das &amp;Schließen des Fensters:</translation>
    </message>
    <message>
        <source>Without asking</source>
        <translation>Ohne zu fragen</translation>
    </message>
    <message>
        <source>close action detach shutdown power off</source>
        <translation>schließen Aktion ablösen herunterfahren ausschalten</translation>
    </message>
</context>
<context>
    <name>ui::KeyRecorder</name>
    <message>
        <source>Press the keys now…</source>
        <translation>Drücken Sie jetzt die Tasten …</translation>
    </message>
</context>
<context>
    <name>ui::LayoutChoice</name>
    <message>
        <source>Keyboard layout of the guest</source>
        <translation>Tastaturbelegung des Gastes</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
</context>
<context>
    <name>ui::LogWindow</name>
    <message>
        <source>%1 - Log</source>
        <translation>%1 - Protokoll</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>Im Protokoll suchen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>&amp;Previous</source>
        <translation>&amp;Vorige</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Nächste</translation>
    </message>
    <message>
        <source>&amp;Open Folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>The log cannot be read: %1</source>
        <translation>Das Protokoll kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>There is no log yet.</source>
        <translation>Es gibt noch kein Protokoll.</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>F&amp;ollow</source>
        <translation>&amp;Mitlaufen</translation>
    </message>
    <message>
        <source>Which log</source>
        <translation>Welches Protokoll</translation>
    </message>
    <message>
        <source>Which lines</source>
        <translation>Welche Zeilen</translation>
    </message>
    <message>
        <source>All lines</source>
        <translation>Alle Zeilen</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Only lines with these words</source>
        <translation>Nur Zeilen mit diesen Wörtern</translation>
    </message>
    <message>
        <source>Show new lines as they come</source>
        <translation>Neue Zeilen zeigen, sobald sie kommen</translation>
    </message>
    <message>
        <source>&amp;Save As...</source>
        <translation>&amp;Speichern unter …</translation>
    </message>
    <message>
        <source>Create &amp;Report...</source>
        <translation>&amp;Bericht erstellen …</translation>
    </message>
    <message>
        <source>This run or the last one</source>
        <translation>Dieser Lauf oder der letzte</translation>
    </message>
    <message>
        <source>The run before</source>
        <translation>Der Lauf davor</translation>
    </message>
    <message>
        <source>%1 runs before</source>
        <translation>%1 Läufe davor</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>A log and when something was last written into it</extracomment>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>No line matches.</source>
        <translation>Keine Zeile passt.</translation>
    </message>
    <message>
        <source>The log is empty.</source>
        <translation>Das Protokoll ist leer.</translation>
    </message>
    <message>
        <source>Save the Log</source>
        <translation>Das Protokoll speichern</translation>
    </message>
    <message>
        <source>The log could not be saved</source>
        <translation>Das Protokoll konnte nicht gespeichert werden</translation>
    </message>
</context>
<context>
    <name>ui::MachineBrowser</name>
    <message>
        <source>Search by name, system or group</source>
        <translation>Nach Name, System oder Gruppe suchen</translation>
    </message>
    <message>
        <source>Search machines</source>
        <translation>Maschinen suchen</translation>
    </message>
    <message>
        <source>Machines</source>
        <translation>Maschinen</translation>
    </message>
    <message>
        <source>No machine matches the search</source>
        <translation>Keine Maschine passt zur Suche</translation>
    </message>
</context>
<context>
    <name>ui::MachineColumnsView</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
</context>
<context>
    <name>ui::MachineDelegate</name>
    <message>
        <source>%1 · %2</source>
        <extracomment>State and guest system of a machine</extracomment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1 of %2 running</source>
        <translation>%1 von %2 laufen</translation>
    </message>
</context>
<context>
    <name>ui::MachineFacts</name>
    <message>
        <source>At %1 from the next start on</source>
        <translation>Ab dem nächsten Start unter %1</translation>
    </message>
    <message>
        <source>At %1, port %2, from the next start on</source>
        <translation>Ab dem nächsten Start unter %1, Port %2</translation>
    </message>
    <message>
        <source>Remote display</source>
        <translation>Fernanzeige</translation>
    </message>
    <message>
        <source>IDE</source>
        <translation>IDE</translation>
    </message>
    <message>
        <source>SATA</source>
        <translation>SATA</translation>
    </message>
    <message>
        <source>VirtIO</source>
        <translation>VirtIO</translation>
    </message>
    <message>
        <source>VirtIO SCSI</source>
        <translation>VirtIO SCSI</translation>
    </message>
    <message>
        <source>NVMe</source>
        <translation>NVMe</translation>
    </message>
    <message>
        <source>USB</source>
        <translation>USB</translation>
    </message>
    <message>
        <source>Floppy</source>
        <translation>Diskette</translation>
    </message>
    <message>
        <source>Paravirtualized Network (virtio-net)</source>
        <translation>Paravirtualisiertes Netzwerk (virtio-net)</translation>
    </message>
    <message>
        <source>Intel PRO/1000 (e1000)</source>
        <translation>Intel PRO/1000 (e1000)</translation>
    </message>
    <message>
        <source>Intel Gigabit (e1000e)</source>
        <translation>Intel Gigabit (e1000e)</translation>
    </message>
    <message>
        <source>Realtek RTL8139</source>
        <translation>Realtek RTL8139</translation>
    </message>
    <message>
        <source>AMD PCnet (Am79C970A)</source>
        <translation>AMD PCnet (Am79C970A)</translation>
    </message>
    <message>
        <source>Primary</source>
        <translation>Primär</translation>
    </message>
    <message>
        <source>Secondary</source>
        <translation>Sekundär</translation>
    </message>
    <message>
        <source>Device 0</source>
        <translation>Gerät 0</translation>
    </message>
    <message>
        <source>Device 1</source>
        <translation>Gerät 1</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Device %1</source>
        <translation>Gerät %1</translation>
    </message>
    <message>
        <source>Port %1</source>
        <translation>Anschluss %1</translation>
    </message>
    <message>
        <source>%1 (read-only)</source>
        <translation>%1 (nur lesbar)</translation>
    </message>
    <message>
        <source>[Optical drive] Empty</source>
        <translation>[Optisches Laufwerk] leer</translation>
    </message>
    <message>
        <source>[Optical drive] %1</source>
        <translation>[Optisches Laufwerk] %1</translation>
    </message>
    <message>
        <source>[Floppy drive] Empty</source>
        <translation>[Diskettenlaufwerk] leer</translation>
    </message>
    <message>
        <source>[Floppy drive] %1</source>
        <translation>[Diskettenlaufwerk] %1</translation>
    </message>
    <message>
        <source>Hard Disk</source>
        <translation>Festplatte</translation>
    </message>
    <message>
        <source>Optical</source>
        <translation>Optisch</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Betriebssystem</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Bleibt</translation>
    </message>
    <message>
        <source>No: the machine goes away when it is powered off</source>
        <translation>Nein: die Maschine verschwindet, wenn sie ausgeschaltet wird</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Base memory</source>
        <translation>Hauptspeicher</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Boot order</source>
        <translation>Startreihenfolge</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>Chipset</source>
        <translation>Chipsatz</translation>
    </message>
    <message>
        <source>ICH9 (Q35)</source>
        <translation>ICH9 (Q35)</translation>
    </message>
    <message>
        <source>PIIX3 (i440FX)</source>
        <translation>PIIX3 (i440FX)</translation>
    </message>
    <message>
        <source>Acceleration</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Graphics</source>
        <translation>Grafik</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>VGA</source>
        <translation>VGA</translation>
    </message>
    <message>
        <source>VirtIO GPU</source>
        <translation>VirtIO-GPU</translation>
    </message>
    <message>
        <source>QXL</source>
        <translation>QXL</translation>
    </message>
    <message>
        <source>Video memory</source>
        <translation>Grafikspeicher</translation>
    </message>
    <message>
        <source>Monitors</source>
        <translation>Monitore</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Massenspeicher</translation>
    </message>
    <message>
        <source>Disks</source>
        <translation>Platten</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Controller</source>
        <translation>Controller</translation>
    </message>
    <message>
        <source>Disabled</source>
        <translation>Abgeschaltet</translation>
    </message>
    <message>
        <source>Intel HD Audio</source>
        <translation>Intel HD Audio</translation>
    </message>
    <message>
        <source>ICH AC97</source>
        <translation>ICH AC97</translation>
    </message>
    <message>
        <source>NAT</source>
        <translation>NAT</translation>
    </message>
    <message>
        <source>Not attached</source>
        <translation>Nicht angeschlossen</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1, %2, cable disconnected</source>
        <translation>%1, %2, Kabel gezogen</translation>
    </message>
    <message>
        <source>Adapter %1</source>
        <translation>Adapter %1</translation>
    </message>
    <message>
        <source>TCP</source>
        <translation>TCP</translation>
    </message>
    <message>
        <source>UDP</source>
        <translation>UDP</translation>
    </message>
    <message>
        <source>Port forward</source>
        <translation>Portweiterleitung</translation>
    </message>
    <message>
        <source>%1 %2:%3 to port %4</source>
        <translation>%1 %2:%3 an Port %4</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
    <message>
        <source>UEFI with Secure Boot</source>
        <translation>UEFI mit Secure Boot</translation>
    </message>
    <message>
        <source>TPM</source>
        <translation>TPM</translation>
    </message>
    <message>
        <source>2.0</source>
        <translation>2.0</translation>
    </message>
    <message>
        <source>1.2</source>
        <translation>1.2</translation>
    </message>
    <message>
        <source>Guest&apos;s addresses</source>
        <translation>Adressen des Gasts</translation>
    </message>
    <message>
        <source>At a Unix socket from the next start on</source>
        <translation>An einem Unix-Socket ab dem nächsten Start</translation>
    </message>
</context>
<context>
    <name>ui::MachineLink</name>
    <message>
        <source>The machine does not answer yet</source>
        <translation>Die Maschine antwortet noch nicht</translation>
    </message>
    <message>
        <source>The engine that runs it cannot do this</source>
        <translation>Die Engine, mit der sie läuft, kann das nicht</translation>
    </message>
</context>
<context>
    <name>ui::MachineListModel</name>
    <message>
        <source>%1
%2
%3</source>
        <translation>%1
%2
%3</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <extracomment>Read aloud for a row: machine, guest system, state</extracomment>
        <translation>%1, %2, %3</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Operating System</source>
        <translation>Betriebssystem</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Disk Space</source>
        <translation>Plattenplatz</translation>
    </message>
    <message>
        <source>Last Used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
</context>
<context>
    <name>ui::MachineState</name>
    <message>
        <source>Powered off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>Aborted</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Inaccessible</source>
        <translation>Nicht zugänglich</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Wird gespeichert</translation>
    </message>
    <message>
        <source>Restoring</source>
        <translation>Wird wiederhergestellt</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Wird beendet</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>Wird entfernt</translation>
    </message>
</context>
<context>
    <name>ui::MachineTaskDialog</name>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>&amp;Browse...</source>
        <translation>&amp;Durchsuchen …</translation>
    </message>
    <message>
        <source>Browse for the folder</source>
        <translation>Den Ordner suchen</translation>
    </message>
    <message>
        <source>Choose a Folder</source>
        <translation>Einen Ordner wählen</translation>
    </message>
</context>
<context>
    <name>ui::MachineTreeModel</name>
    <message>
        <source>%1
Machines: %2, running: %3</source>
        <translation>%1
Maschinen: %2, laufend: %3</translation>
    </message>
    <message>
        <source>Group %1, machines: %2, running: %3</source>
        <extracomment>Read aloud for a group of machines</extracomment>
        <translation>Gruppe %1, Maschinen: %2, laufend: %3</translation>
    </message>
</context>
<context>
    <name>ui::ManagerActions</name>
    <message>
        <source>&amp;Connect to a SPICE Server...</source>
        <translation>Mit SPICE-Server &amp;verbinden …</translation>
    </message>
    <message>
        <source>Show the screen of a machine on this or another computer, by its address</source>
        <translation>Den Bildschirm einer Maschine auf diesem oder einem anderen Computer zeigen, nach seiner Adresse</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>&amp;New...</source>
        <translation>&amp;Neu …</translation>
    </message>
    <message>
        <source>Make a new machine from an ISO or a disk image</source>
        <translation>Eine neue Maschine aus einer ISO oder einem Datenträgerabbild machen</translation>
    </message>
    <message>
        <source>&amp;Add...</source>
        <translation>&amp;Hinzufügen …</translation>
    </message>
    <message>
        <source>Add a machine that is on this computer already</source>
        <translation>Eine Maschine hinzufügen, die schon auf diesem Computer ist</translation>
    </message>
    <message>
        <source>S&amp;tart</source>
        <translation>S&amp;tarten</translation>
    </message>
    <message>
        <source>Start the selected machine</source>
        <translation>Die gewählte Maschine starten</translation>
    </message>
    <message>
        <source>&amp;Normal Start</source>
        <translation>&amp;Normal starten</translation>
    </message>
    <message>
        <source>Start the machine in a window</source>
        <translation>Die Maschine in einem Fenster starten</translation>
    </message>
    <message>
        <source>&amp;Headless Start</source>
        <translation>Ohne &amp;Fenster starten</translation>
    </message>
    <message>
        <source>Start the machine in the background, without a window</source>
        <translation>Die Maschine im Hintergrund starten, ohne ein Fenster</translation>
    </message>
    <message>
        <source>&amp;Detachable Start</source>
        <translation>A&amp;blösbar starten</translation>
    </message>
    <message>
        <source>Start the machine in the background, with a window that can be closed and opened again</source>
        <translation>Die Maschine im Hintergrund starten, mit einem Fenster, das geschlossen und wieder geöffnet werden kann</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Stop the machine&apos;s clock until Pause is chosen again</source>
        <translation>Die Uhr der Maschine anhalten, bis wieder Pause gewählt wird</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Restart the machine as its reset button would</source>
        <translation>Die Maschine neu starten wie mit ihrem Reset-Knopf</translation>
    </message>
    <message>
        <source>ACPI S&amp;hutdown</source>
        <translation>&amp;Herunterfahren (ACPI)</translation>
    </message>
    <message>
        <source>Press the machine&apos;s power button: its system shuts down by itself</source>
        <translation>Den Netzschalter der Maschine drücken: ihr System fährt sich selbst herunter</translation>
    </message>
    <message>
        <source>Power &amp;Off</source>
        <translation>&amp;Ausschalten</translation>
    </message>
    <message>
        <source>Pull the machine&apos;s plug</source>
        <translation>Den Stecker der Maschine ziehen</translation>
    </message>
    <message>
        <source>Re&amp;move...</source>
        <translation>Ent&amp;fernen …</translation>
    </message>
    <message>
        <source>Take the machine off the list, or delete its files</source>
        <translation>Die Maschine von der Liste nehmen oder ihre Dateien löschen</translation>
    </message>
    <message>
        <source>Show &amp;Log...</source>
        <translation>&amp;Protokoll zeigen …</translation>
    </message>
    <message>
        <source>Show what the machine&apos;s last run wrote down</source>
        <translation>Zeigen, was der letzte Lauf der Maschine aufgeschrieben hat</translation>
    </message>
    <message>
        <source>Show in &amp;File Manager</source>
        <translation>In der Datei&amp;verwaltung zeigen</translation>
    </message>
    <message>
        <source>Open the machine&apos;s folder in the file manager</source>
        <translation>Den Ordner der Maschine in der Dateiverwaltung öffnen</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>&amp;Suchen</translation>
    </message>
    <message>
        <source>Look for a machine by name or system</source>
        <translation>Eine Maschine nach Name oder System suchen</translation>
    </message>
    <message>
        <source>&amp;Preferences...</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>Choices for all machines</source>
        <translation>Einstellungen für alle Maschinen</translation>
    </message>
    <message>
        <source>&amp;About Vitrine</source>
        <translation>Ü&amp;ber Vitrine</translation>
    </message>
    <message>
        <source>Version and license</source>
        <translation>Version und Lizenz</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close this window; running machines go on</source>
        <translation>Dieses Fenster schließen; laufende Maschinen laufen weiter</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Shut Down</source>
        <translation>Herunterfahren</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Machine</source>
        <translation>&amp;Maschine</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>%1
Not now: %2</source>
        <extracomment>A menu entry&apos;s tip and why it is greyed</extracomment>
        <translation>%1
Zurzeit nicht: %2</translation>
    </message>
    <message>
        <source>Not now: %1</source>
        <translation>Zurzeit nicht: %1</translation>
    </message>
    <message>
        <source>no machine is selected</source>
        <translation>keine Maschine ist gewählt</translation>
    </message>
    <message>
        <source>the machine is being removed</source>
        <translation>die Maschine wird gerade entfernt</translation>
    </message>
    <message>
        <source>the machine&apos;s file cannot be read</source>
        <translation>die Datei der Maschine kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>the machine is starting</source>
        <translation>die Maschine startet</translation>
    </message>
    <message>
        <source>the machine runs but does not answer</source>
        <translation>die Maschine läuft, antwortet aber nicht</translation>
    </message>
    <message>
        <source>S&amp;how</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>Show the machine&apos;s window</source>
        <translation>Das Fenster der Maschine zeigen</translation>
    </message>
    <message>
        <source>the machine runs already</source>
        <translation>die Maschine läuft schon</translation>
    </message>
    <message>
        <source>the machine does not run</source>
        <translation>die Maschine läuft nicht</translation>
    </message>
    <message>
        <source>this machine cannot do that</source>
        <translation>diese Maschine kann das nicht</translation>
    </message>
    <message>
        <source>a paused machine does not notice its power button</source>
        <translation>eine angehaltene Maschine bemerkt ihren Netzschalter nicht</translation>
    </message>
    <message>
        <source>the machine does not answer</source>
        <translation>die Maschine antwortet nicht</translation>
    </message>
    <message>
        <source>the machine runs; power it off first</source>
        <translation>die Maschine läuft; schalten Sie sie erst aus</translation>
    </message>
    <message>
        <source>the machine was never started</source>
        <translation>die Maschine wurde nie gestartet</translation>
    </message>
    <message>
        <source>Start Dis&amp;posable</source>
        <translation>Wegwerf-Lauf st&amp;arten</translation>
    </message>
    <message>
        <source>Start the machine in a window and keep nothing of this run: what the guest writes goes away when it is powered off</source>
        <translation>Die Maschine in einem Fenster starten und nichts von diesem Lauf behalten: was der Gast schreibt, verschwindet beim Ausschalten</translation>
    </message>
    <message>
        <source>Sa&amp;ve State</source>
        <translation>Zustand &amp;speichern</translation>
    </message>
    <message>
        <source>Keep what is in the guest&apos;s memory and end the machine; it goes on from there when it is started again</source>
        <translation>Behalten, was im Speicher des Gastes ist, und die Maschine beenden; beim nächsten Start geht es von dort weiter</translation>
    </message>
    <message>
        <source>&amp;Discard Saved State...</source>
        <translation>Gespeicherten Zustand &amp;verwerfen …</translation>
    </message>
    <message>
        <source>Throw away what was in the guest&apos;s memory; the machine then starts from its disks</source>
        <translation>Wegwerfen, was im Speicher des Gastes war; die Maschine startet dann von ihren Platten</translation>
    </message>
    <message>
        <source>Res&amp;ume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>Let the machine go on where it was saved</source>
        <translation>Die Maschine dort weiterlaufen lassen, wo sie gespeichert wurde</translation>
    </message>
    <message>
        <source>the machine is saved; resume it, or discard its state first</source>
        <translation>die Maschine ist gespeichert; setzen Sie sie fort, oder verwerfen Sie erst ihren Zustand</translation>
    </message>
    <message>
        <source>the machine has no saved state</source>
        <translation>die Maschine hat keinen gespeicherten Zustand</translation>
    </message>
    <message>
        <source>the machine is starting or ending</source>
        <translation>die Maschine startet oder endet gerade</translation>
    </message>
    <message>
        <source>Se&amp;ttings...</source>
        <translation>&amp;Ändern …</translation>
    </message>
    <message>
        <source>Change what the machine is made of</source>
        <translation>Ändern, woraus die Maschine besteht</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Move to &amp;Group</source>
        <translation>In eine &amp;Gruppe verschieben</translation>
    </message>
    <message>
        <source>Re&amp;name...</source>
        <translation>Um&amp;benennen …</translation>
    </message>
    <message>
        <source>Give the machine or group another name</source>
        <translation>Der Maschine oder Gruppe einen anderen Namen geben</translation>
    </message>
    <message>
        <source>Cop&amp;y...</source>
        <translation>&amp;Kopieren …</translation>
    </message>
    <message>
        <source>Make a full copy of the machine, with its disks</source>
        <translation>Eine vollständige Kopie der Maschine machen, mit ihren Platten</translation>
    </message>
    <message>
        <source>Mo&amp;ve...</source>
        <translation>&amp;Verschieben …</translation>
    </message>
    <message>
        <source>Move the machine&apos;s folder to another place</source>
        <translation>Den Ordner der Maschine an einen anderen Ort verschieben</translation>
    </message>
    <message>
        <source>New &amp;Group...</source>
        <translation>Neue &amp;Gruppe …</translation>
    </message>
    <message>
        <source>Put the selected machines into a new group</source>
        <translation>Die gewählten Maschinen in eine neue Gruppe legen</translation>
    </message>
    <message>
        <source>&amp;Ungroup</source>
        <translation>Gruppe auf&amp;lösen</translation>
    </message>
    <message>
        <source>Take the machines out of their group, into the one around it</source>
        <translation>Die Maschinen aus ihrer Gruppe nehmen, in die umgebende</translation>
    </message>
    <message>
        <source>Sort &amp;by Name</source>
        <translation>Nach &amp;Name sortieren</translation>
    </message>
    <message>
        <source>Forget the order that machines and groups were dragged into</source>
        <translation>Die Reihenfolge vergessen, in die Maschinen und Gruppen gezogen wurden</translation>
    </message>
    <message>
        <source>Move U&amp;p</source>
        <translation>Nach &amp;oben</translation>
    </message>
    <message>
        <source>Move the row before the one above it</source>
        <translation>Die Zeile vor die darüber schieben</translation>
    </message>
    <message>
        <source>Move Do&amp;wn</source>
        <translation>Nach &amp;unten</translation>
    </message>
    <message>
        <source>Move the row after the one below it</source>
        <translation>Die Zeile hinter die darunter schieben</translation>
    </message>
    <message>
        <source>Create R&amp;eport...</source>
        <translation>B&amp;ericht erstellen …</translation>
    </message>
    <message>
        <source>Collect what somebody needs to find out what is wrong, without your name and paths</source>
        <translation>Sammeln, was jemand braucht, um einen Fehler zu finden, ohne Ihren Namen und Ihre Pfade</translation>
    </message>
    <message>
        <source>&amp;List</source>
        <translation>&amp;Liste</translation>
    </message>
    <message>
        <source>Show machines as a list with groups</source>
        <translation>Maschinen als Liste mit Gruppen zeigen</translation>
    </message>
    <message>
        <source>&amp;Columns</source>
        <translation>&amp;Spalten</translation>
    </message>
    <message>
        <source>Show machines as a table that can be sorted</source>
        <translation>Maschinen als Tabelle zeigen, die sich sortieren lässt</translation>
    </message>
    <message>
        <source>&amp;Activity</source>
        <translation>&amp;Aktivität</translation>
    </message>
    <message>
        <source>Show what the running machines use</source>
        <translation>Zeigen, was die laufenden Maschinen verbrauchen</translation>
    </message>
    <message>
        <source>&amp;Group</source>
        <translation>&amp;Gruppe</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>Start the selected machines that are off</source>
        <translation>Die gewählten Maschinen starten, die aus sind</translation>
    </message>
    <message>
        <source>Show the machines&apos; windows</source>
        <translation>Die Fenster der Maschinen zeigen</translation>
    </message>
    <message>
        <source>several machines are selected</source>
        <translation>mehrere Maschinen sind gewählt</translation>
    </message>
    <message>
        <source>the machine is in no group</source>
        <translation>die Maschine ist in keiner Gruppe</translation>
    </message>
    <message>
        <source>the table has the order of its columns</source>
        <translation>die Tabelle hat die Reihenfolge ihrer Spalten</translation>
    </message>
    <message>
        <source>everything is sorted by name</source>
        <translation>alles ist nach Namen sortiert</translation>
    </message>
    <message>
        <source>nothing is selected</source>
        <translation>nichts ist gewählt</translation>
    </message>
    <message>
        <source>Guest&apos;s F&amp;iles...</source>
        <translation>&amp;Dateien des Gasts …</translation>
    </message>
    <message>
        <source>Copy files between this computer and the running guest</source>
        <translation>Dateien zwischen diesem Computer und dem laufenden Gast kopieren</translation>
    </message>
    <message>
        <source>&amp;USB Devices...</source>
        <translation>&amp;USB-Geräte …</translation>
    </message>
    <message>
        <source>Show which USB devices this computer and its guests have, and move them</source>
        <translation>Zeigt, welche USB-Geräte dieser Computer und seine Gäste haben, und bewegt sie</translation>
    </message>
</context>
<context>
    <name>ui::ManagerWindow</name>
    <message>
        <source>Connect to a SPICE Server</source>
        <translation>Mit einem SPICE-Server verbinden</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>&amp;Adresse:</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>Write the address as spice://host:port, or as spice://host?tls-port=port for an encrypted connection</source>
        <translation>Schreiben Sie die Adresse als spice://Rechner:Port, oder als spice://Rechner?tls-port=Port für eine verschlüsselte Verbindung</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be started</source>
        <translation>Die Maschine „%1“ konnte nicht gestartet werden</translation>
    </message>
    <message>
        <source>Power Off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Power off &quot;%1&quot;?</source>
        <translation>„%1“ ausschalten?</translation>
    </message>
    <message>
        <source>Nothing of this machine is kept: it goes away when it is powered off.</source>
        <translation>Von dieser Maschine bleibt nichts: sie verschwindet, wenn sie ausgeschaltet wird.</translation>
    </message>
    <message>
        <source>What is not saved inside the machine is lost, as if its plug were pulled.</source>
        <translation>Was in der Maschine nicht gespeichert ist, geht verloren, als würde ihr Stecker gezogen.</translation>
    </message>
    <message>
        <source>&amp;Power Off</source>
        <translation>&amp;Ausschalten</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be powered off</source>
        <translation>Die Maschine „%1“ konnte nicht ausgeschaltet werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be opened</source>
        <translation>„%1“ konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>It is neither an ISO, nor a disk image, nor a machine</source>
        <translation>Das ist weder eine ISO noch ein Datenträgerabbild noch eine Maschine</translation>
    </message>
    <message>
        <source>Choose a file that ends in .iso, .qcow2, .vdi, .vmdk, .vhdx, .img or .vitrine, or a machine&apos;s folder</source>
        <translation>Wählen Sie eine Datei, die auf .iso, .qcow2, .vdi, .vmdk, .vhdx, .img oder .vitrine endet, oder den Ordner einer Maschine</translation>
    </message>
    <message>
        <source>Choose an ISO</source>
        <translation>Eine ISO wählen</translation>
    </message>
    <message>
        <source>Optical images (*.iso *.ISO);;All files (*)</source>
        <translation>Optische Abbilder (*.iso *.ISO);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Add a Machine</source>
        <translation>Eine Maschine hinzufügen</translation>
    </message>
    <message>
        <source>Machines (*.vitrine);;All files (*)</source>
        <translation>Maschinen (*.vitrine);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a Machine Folder</source>
        <translation>Einen Maschinenordner öffnen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be added</source>
        <translation>„%1“ konnte nicht hinzugefügt werden</translation>
    </message>
    <message>
        <source>Added &quot;%1&quot;</source>
        <translation>„%1“ wurde hinzugefügt</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be taken off the list</source>
        <translation>„%1“ konnte nicht von der Liste genommen werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be deleted</source>
        <translation>„%1“ konnte nicht gelöscht werden</translation>
    </message>
    <message>
        <source>The folder could not be opened</source>
        <translation>Der Ordner konnte nicht geöffnet werden</translation>
    </message>
    <message>
        <source>This desktop has no program that opens folders</source>
        <translation>Diese Arbeitsumgebung hat kein Programm, das Ordner öffnet</translation>
    </message>
    <message>
        <source>The machine is in %1</source>
        <translation>Die Maschine liegt in %1</translation>
    </message>
    <message>
        <source>About Vitrine</source>
        <translation>Über Vitrine</translation>
    </message>
    <message>
        <source>&lt;b&gt;Vitrine %1&lt;/b&gt;</source>
        <translation>&lt;b&gt;Vitrine %1&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Another computer in a window. No kernel module, no root, no service.

Free software: you may use, study, share and change it under the GNU General Public License, version 3 or later. It comes without any warranty.</source>
        <translation>Ein weiterer Computer in einem Fenster. Kein Kernelmodul, kein Root, kein Dienst.

Freie Software: Sie dürfen sie unter der GNU General Public License, Version 3 oder neuer, benutzen, untersuchen, weitergeben und ändern. Sie kommt ohne jede Gewährleistung.</translation>
    </message>
    <message>
        <source>Software Emulation</source>
        <translation>Software-Emulation</translation>
    </message>
    <message>
        <source>Machines run slowly on this computer</source>
        <translation>Maschinen laufen auf diesem Computer langsam</translation>
    </message>
    <message>
        <source>Every instruction of a machine is translated by software, which is ten to a hundred times slower than the processor itself.</source>
        <translation>Jeder Befehl einer Maschine wird von Software übersetzt, was zehn- bis hundertmal langsamer ist als der Prozessor selbst.</translation>
    </message>
    <message>
        <source>Why: %1</source>
        <translation>Warum: %1</translation>
    </message>
    <message>
        <source>What to do: %1</source>
        <translation>Was zu tun ist: %1</translation>
    </message>
    <message>
        <source>Vitrine</source>
        <translation>Vitrine</translation>
    </message>
    <message>
        <source>Machine Tools</source>
        <translation>Maschinenwerkzeuge</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be paused</source>
        <translation>Die Maschine „%1“ konnte nicht angehalten werden</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not go on</source>
        <translation>Die Maschine „%1“ konnte nicht weiterlaufen</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be reset</source>
        <translation>Die Maschine „%1“ konnte nicht zurückgesetzt werden</translation>
    </message>
    <message>
        <source>The power button of &quot;%1&quot; could not be pressed</source>
        <translation>Der Netzschalter von „%1“ konnte nicht gedrückt werden</translation>
    </message>
    <message>
        <source>Software emulation: machines run slowly</source>
        <translation>Software-Emulation: Maschinen laufen langsam</translation>
    </message>
    <message>
        <source>Discard Saved State</source>
        <translation>Gespeicherten Zustand verwerfen</translation>
    </message>
    <message>
        <source>Discard the saved state of &quot;%1&quot;?</source>
        <translation>Den gespeicherten Zustand von „%1“ verwerfen?</translation>
    </message>
    <message>
        <source>What was in the guest&apos;s memory is lost, as if its plug had been pulled. The machine then starts from its disks.</source>
        <translation>Was im Speicher des Gastes war, geht verloren, als wäre sein Stecker gezogen worden. Die Maschine startet dann von ihren Platten.</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>The saved state of &quot;%1&quot; could not be discarded</source>
        <translation>Der gespeicherte Zustand von „%1“ konnte nicht verworfen werden</translation>
    </message>
    <message>
        <source>The state of the machine &quot;%1&quot; could not be saved</source>
        <translation>Der Zustand der Maschine „%1“ konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has just ended. Press again to start it.</source>
        <translation>„%1“ hat gerade geendet. Drücken Sie noch einmal, um sie zu starten.</translation>
    </message>
    <message>
        <source>Power off %1 machines?</source>
        <translation>%1 Maschinen ausschalten?</translation>
    </message>
    <message>
        <source>What is not saved inside the machines is lost, as if their plugs were pulled.</source>
        <translation>Was in den Maschinen nicht gespeichert ist, geht verloren, als würden ihre Stecker gezogen.</translation>
    </message>
    <message>
        <source>Rename &quot;%1&quot;</source>
        <translation>„%1“ umbenennen</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be renamed</source>
        <translation>„%1“ konnte nicht umbenannt werden</translation>
    </message>
    <message>
        <source>Some files of the old folder could not be deleted</source>
        <translation>Einige Dateien des alten Ordners konnten nicht gelöscht werden</translation>
    </message>
    <message>
        <source>The machine itself is in its new place</source>
        <translation>Die Maschine selbst ist an ihrem neuen Ort</translation>
    </message>
    <message>
        <source>Delete the folder %1 yourself</source>
        <translation>Löschen Sie den Ordner %1 selbst</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>(No Group)</source>
        <translation>(Keine Gruppe)</translation>
    </message>
    <message>
        <source>New Group</source>
        <translation>Neue Gruppe</translation>
    </message>
    <message>
        <source>New Group %1</source>
        <translation>Neue Gruppe %1</translation>
    </message>
    <message>
        <source>&amp;Group</source>
        <translation>&amp;Gruppe</translation>
    </message>
    <message>
        <source>There is a group with this name already</source>
        <translation>Es gibt schon eine Gruppe dieses Namens</translation>
    </message>
    <message>
        <source>Rename the Group &quot;%1&quot;</source>
        <translation>Die Gruppe „%1“ umbenennen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be put into the group</source>
        <translation>„%1“ konnte nicht in die Gruppe gelegt werden</translation>
    </message>
</context>
<context>
    <name>ui::MediumMenu</name>
    <message>
        <source>%1, %2 %3</source>
        <translation>%1, %2 %3</translation>
    </message>
    <message>
        <source>primary</source>
        <translation>primär</translation>
    </message>
    <message>
        <source>secondary</source>
        <translation>sekundär</translation>
    </message>
    <message>
        <source>master</source>
        <translation>Master</translation>
    </message>
    <message>
        <source>slave</source>
        <translation>Slave</translation>
    </message>
    <message>
        <source>%1, port %2</source>
        <translation>%1, Anschluss %2</translation>
    </message>
    <message>
        <source>&amp;Floppy Drives</source>
        <translation>&amp;Diskettenlaufwerke</translation>
    </message>
    <message>
        <source>&amp;Optical Drives</source>
        <translation>&amp;Optische Laufwerke</translation>
    </message>
    <message>
        <source>This machine has no such drive</source>
        <translation>Diese Maschine hat kein solches Laufwerk</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>There is no disk in the drive.</source>
        <translation>Im Laufwerk ist kein Datenträger.</translation>
    </message>
    <message>
        <source>&amp;Choose a Disk Image…</source>
        <translation>Abbild &amp;wählen …</translation>
    </message>
    <message>
        <source>&amp;Eject</source>
        <translation>&amp;Auswerfen</translation>
    </message>
</context>
<context>
    <name>ui::MessageBar</name>
    <message>
        <source>Notices</source>
        <translation>Mitteilungen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Dismiss this notice</source>
        <translation>Diese Mitteilung schließen</translation>
    </message>
</context>
<context>
    <name>ui::MiniToolBar</name>
    <message>
        <source>Mini tool bar</source>
        <translation>Mini-Werkzeugleiste</translation>
    </message>
    <message>
        <source>Keep this tool bar in sight</source>
        <translation>Diese Werkzeugleiste sichtbar lassen</translation>
    </message>
    <message>
        <source>Menus</source>
        <translation>Menüs</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Minimize</source>
        <translation>Minimieren</translation>
    </message>
    <message>
        <source>Leave full screen</source>
        <translation>Vollbild verlassen</translation>
    </message>
    <message>
        <source>Close…</source>
        <translation>Schließen …</translation>
    </message>
</context>
<context>
    <name>ui::MonitorWindow</name>
    <message>
        <source>The guest&apos;s screen %1</source>
        <translation>Der Bildschirm %1 des Gastes</translation>
    </message>
    <message>
        <source>The guest shows nothing on this screen</source>
        <translation>Der Gast zeigt nichts auf diesem Bildschirm</translation>
    </message>
    <message>
        <source>%1 [%2], Screen %3 - Vitrine</source>
        <extracomment>A window title: machine, state, the number of the guest&apos;s screen</extracomment>
        <translation>%1 [%2], Bildschirm %3 - Vitrine</translation>
    </message>
</context>
<context>
    <name>ui::MonitorWindows</name>
    <message>
        <source>&amp;Virtual Screen %1</source>
        <translation>&amp;Virtueller Bildschirm %1</translation>
    </message>
    <message>
        <source>&amp;Enable</source>
        <translation>&amp;Einschalten</translation>
    </message>
    <message>
        <source>Whether the guest has this screen; it has a window of its own</source>
        <translation>Ob der Gast diesen Bildschirm hat; er hat ein eigenes Fenster</translation>
    </message>
</context>
<context>
    <name>ui::MoveDialog</name>
    <message>
        <source>&amp;Move</source>
        <translation>&amp;Verschieben</translation>
    </message>
    <message>
        <source>Move &quot;%1&quot;</source>
        <translation>„%1“ verschieben</translation>
    </message>
    <message>
        <source>It is now in</source>
        <translation>Sie ist jetzt in</translation>
    </message>
    <message>
        <source>It is now in:</source>
        <translation>Sie ist jetzt in:</translation>
    </message>
    <message>
        <source>&amp;Into the folder:</source>
        <translation>&amp;In den Ordner:</translation>
    </message>
    <message>
        <source>Choose the folder that the machine&apos;s folder &quot;%1&quot; goes into</source>
        <translation>Wählen Sie den Ordner, in den der Ordner „%1“ der Maschine soll</translation>
    </message>
    <message>
        <source>The machine is in that folder already. Choose another one</source>
        <translation>Die Maschine ist schon in diesem Ordner. Wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>That folder is inside the machine&apos;s own. Choose another one</source>
        <translation>Dieser Ordner liegt in dem der Maschine selbst. Wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>There is something named &quot;%1&quot; in that folder already. Choose another one</source>
        <translation>In diesem Ordner gibt es schon etwas namens „%1“. Wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>The machine will be in %1.</source>
        <translation>Die Maschine wird in %1 sein.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not in the machine&apos;s folder and stays where it is.</source>
        <translation>„%1“ liegt nicht im Ordner der Maschine und bleibt, wo es ist.</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not be moved</source>
        <translation>Die Maschine „%1“ konnte nicht verschoben werden</translation>
    </message>
</context>
<context>
    <name>ui::NetworkMenu</name>
    <message>
        <source>no card</source>
        <translation>keine Karte</translation>
    </message>
    <message>
        <source>not attached</source>
        <translation>nicht angeschlossen</translation>
    </message>
    <message>
        <source>NAT</source>
        <translation>NAT</translation>
    </message>
    <message>
        <source>internal network</source>
        <translation>internes Netzwerk</translation>
    </message>
    <message>
        <source>bridged</source>
        <translation>überbrückt</translation>
    </message>
    <message>
        <source>&amp;Network</source>
        <translation>&amp;Netzwerk</translation>
    </message>
    <message>
        <source>Connect Cable of Adapter %1 (%2)</source>
        <translation>Kabel von Adapter %1 eingesteckt (%2)</translation>
    </message>
    <message>
        <source>MAC address %1</source>
        <translation>MAC-Adresse %1</translation>
    </message>
    <message>
        <source>This machine has no network card</source>
        <translation>Diese Maschine hat keine Netzwerkkarte</translation>
    </message>
    <message>
        <source>Network C&amp;onnections…</source>
        <translation>Netzwerk&amp;verbindungen …</translation>
    </message>
</context>
<context>
    <name>ui::NetworkPage</name>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Network adapters</source>
        <translation>Netzwerkadapter</translation>
    </message>
    <message>
        <source>Adapter %1</source>
        <translation>Adapter %1</translation>
    </message>
    <message>
        <source>&amp;Enable this adapter</source>
        <translation>Diesen Adapter &amp;einschalten</translation>
    </message>
    <message>
        <source>Without it the guest has no such card</source>
        <translation>Ohne ihn hat der Gast keine solche Karte</translation>
    </message>
    <message>
        <source>nic network card interface</source>
        <translation>nic Netzwerkkarte Schnittstelle</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>NAT</source>
        <translation>NAT</translation>
    </message>
    <message>
        <source>Internal network</source>
        <translation>Internes Netzwerk</translation>
    </message>
    <message>
        <source>Bridged adapter</source>
        <translation>Überbrückter Adapter</translation>
    </message>
    <message>
        <source>&amp;Attached to:</source>
        <translation>&amp;Angeschlossen an:</translation>
    </message>
    <message>
        <source>NAT reaches the Internet through this computer; an internal network only other machines</source>
        <translation>NAT erreicht das Internet durch diesen Computer; ein internes Netzwerk nur andere Maschinen</translation>
    </message>
    <message>
        <source>nat bridge bridged internal network mode intnet internet</source>
        <translation>nat Brücke überbrückt internes Netzwerk Modus intnet Internet</translation>
    </message>
    <message>
        <source>&amp;Network:</source>
        <translation>&amp;Netzwerk:</translation>
    </message>
    <message>
        <source>Machines with the same name here meet</source>
        <translation>Maschinen mit demselben Namen hier treffen sich</translation>
    </message>
    <message>
        <source>intnet lab</source>
        <translation>intnet Labor</translation>
    </message>
    <message>
        <source>&amp;Bridge:</source>
        <translation>&amp;Brücke:</translation>
    </message>
    <message>
        <source>A bridge or interface of this computer</source>
        <translation>Eine Brücke oder Schnittstelle dieses Computers</translation>
    </message>
    <message>
        <source>bridged br0 tap interface host</source>
        <translation>überbrückt br0 tap Schnittstelle Host</translation>
    </message>
    <message>
        <source>Paravirtualized Network (virtio-net)</source>
        <translation>Paravirtualisiertes Netzwerk (virtio-net)</translation>
    </message>
    <message>
        <source>Intel PRO/1000 (e1000)</source>
        <translation>Intel PRO/1000 (e1000)</translation>
    </message>
    <message>
        <source>Intel Gigabit (e1000e)</source>
        <translation>Intel Gigabit (e1000e)</translation>
    </message>
    <message>
        <source>Realtek RTL8139</source>
        <translation>Realtek RTL8139</translation>
    </message>
    <message>
        <source>AMD PCnet (Am79C970A)</source>
        <translation>AMD PCnet (Am79C970A)</translation>
    </message>
    <message>
        <source>&amp;Model:</source>
        <translation>&amp;Modell:</translation>
    </message>
    <message>
        <source>The card that the guest sees</source>
        <translation>Die Karte, die der Gast sieht</translation>
    </message>
    <message>
        <source>nic type e1000 virtio rtl8139 pcnet card</source>
        <translation>nic Typ e1000 virtio rtl8139 pcnet Karte</translation>
    </message>
    <message>
        <source>Another address by chance</source>
        <translation>Eine andere, zufällige Adresse</translation>
    </message>
    <message>
        <source>Another MAC address by chance</source>
        <translation>Eine andere, zufällige MAC-Adresse</translation>
    </message>
    <message>
        <source>MA&amp;C address:</source>
        <translation>MA&amp;C-Adresse:</translation>
    </message>
    <message>
        <source>The card&apos;s own address, such as 52:54:00:12:34:56</source>
        <translation>Die Adresse der Karte selbst, etwa 52:54:00:12:34:56</translation>
    </message>
    <message>
        <source>ethernet hardware address</source>
        <translation>Ethernet Hardware-Adresse</translation>
    </message>
    <message>
        <source>Cable &amp;connected</source>
        <translation>&amp;Kabel eingesteckt</translation>
    </message>
    <message>
        <source>Like the plug of a real card</source>
        <translation>Wie der Stecker einer echten Karte</translation>
    </message>
    <message>
        <source>link cable plug</source>
        <translation>Verbindung Kabel Stecker</translation>
    </message>
    <message>
        <source> KB/s</source>
        <translation> KB/s</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Speed &amp;limit:</source>
        <translation>&amp;Geschwindigkeitsgrenze:</translation>
    </message>
    <message>
        <source>In each direction</source>
        <translation>In jeder Richtung</translation>
    </message>
    <message>
        <source>bandwidth rate shaping slow</source>
        <translation>Bandbreite Rate Begrenzung langsam</translation>
    </message>
    <message>
        <source>NA&amp;T network:</source>
        <translation>NA&amp;T-Netzwerk:</translation>
    </message>
    <message>
        <source>The guest gets an address of it</source>
        <translation>Der Gast bekommt eine Adresse daraus</translation>
    </message>
    <message>
        <source>nat network subnet address dhcp</source>
        <translation>nat Netzwerk Subnetz Adresse dhcp</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Everything but local networks</source>
        <translation>Alles außer lokalen Netzwerken</translation>
    </message>
    <message>
        <source>Only what is listed</source>
        <translation>Nur, was aufgeführt ist</translation>
    </message>
    <message>
        <source>May co&amp;nnect to:</source>
        <translation>Darf sich &amp;verbinden mit:</translation>
    </message>
    <message>
        <source>Where the guest&apos;s connections are let through</source>
        <translation>Wohin Verbindungen des Gastes durchgelassen werden</translation>
    </message>
    <message>
        <source>egress firewall outgoing lan block rules isolate</source>
        <translation>Ausgang Firewall ausgehend LAN sperren Regeln abschotten</translation>
    </message>
    <message>
        <source>One a line: debian.org, 192.0.2.7, 10.1.0.0/16</source>
        <translation>Eines je Zeile: debian.org, 192.0.2.7, 10.1.0.0/16</translation>
    </message>
    <message>
        <source>Liste&amp;d:</source>
        <translation>&amp;Liste:</translation>
    </message>
    <message>
        <source>Names, addresses and networks, one a line</source>
        <translation>Namen, Adressen und Netzwerke, eines je Zeile</translation>
    </message>
    <message>
        <source>egress allow list destinations names networks</source>
        <translation>Ausgang erlauben Liste Ziele Namen Netzwerke</translation>
    </message>
    <message>
        <source>&amp;Port forwards:</source>
        <translation>&amp;Portweiterleitungen:</translation>
    </message>
    <message>
        <source>Ports of this computer that lead into the guest</source>
        <translation>Ports dieses Computers, die in den Gast führen</translation>
    </message>
    <message>
        <source>nat port forwarding ssh natpf</source>
        <translation>nat Portweiterleitung ssh natpf</translation>
    </message>
</context>
<context>
    <name>ui::NewDiskDialog</name>
    <message>
        <source>QCOW2 (QEMU)</source>
        <translation>QCOW2 (QEMU)</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>Raw</translation>
    </message>
    <message>
        <source>VDI (VirtualBox)</source>
        <translation>VDI (VirtualBox)</translation>
    </message>
    <message>
        <source>VMDK (VMware)</source>
        <translation>VMDK (VMware)</translation>
    </message>
    <message>
        <source>VHD (Virtual PC)</source>
        <translation>VHD (Virtual PC)</translation>
    </message>
    <message>
        <source>VHDX (Hyper-V)</source>
        <translation>VHDX (Hyper-V)</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>&amp;Take all the space now</source>
        <translation>Den ganzen Platz sofort &amp;belegen</translation>
    </message>
    <message>
        <source>New Hard Disk</source>
        <translation>Neue Festplatte</translation>
    </message>
    <message>
        <source>C&amp;hoose...</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Datei:</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>&amp;Size:</source>
        <translation>&amp;Größe:</translation>
    </message>
    <message>
        <source>F&amp;ormat:</source>
        <translation>F&amp;ormat:</translation>
    </message>
    <message>
        <source>Otherwise the file grows as the guest writes</source>
        <translation>Sonst wächst die Datei, wenn der Gast schreibt</translation>
    </message>
    <message>
        <source>The disk is made when the settings are accepted.</source>
        <translation>Die Platte wird angelegt, wenn die Einstellungen angenommen werden.</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>%1 are free there.</source>
        <translation>Dort sind %1 frei.</translation>
    </message>
    <message>
        <source>The disk needs a file</source>
        <translation>Die Platte braucht eine Datei</translation>
    </message>
    <message>
        <source>There is a file of that name already</source>
        <translation>Es gibt schon eine Datei dieses Namens</translation>
    </message>
    <message>
        <source>You may not write to the folder &quot;%1&quot;</source>
        <translation>Sie dürfen nicht in den Ordner „%1“ schreiben</translation>
    </message>
    <message>
        <source>There is not so much space there</source>
        <translation>So viel Platz ist dort nicht</translation>
    </message>
    <message>
        <source>The disk cannot be filled: it is larger than the space that is free</source>
        <translation>Die Platte kann nicht gefüllt werden: sie ist größer als der freie Platz</translation>
    </message>
</context>
<context>
    <name>ui::OsDataPage</name>
    <message>
        <source>Check for &amp;Updates</source>
        <translation>Nach &amp;Aktualisierungen suchen</translation>
    </message>
    <message>
        <source>&amp;Import from File…</source>
        <translation>Aus Datei &amp;importieren …</translation>
    </message>
    <message>
        <source>U&amp;ndo the Update</source>
        <translation>Aktualisierung &amp;zurücknehmen</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>An&amp;halten</translation>
    </message>
    <message>
        <source>Progress of the update</source>
        <translation>Fortschritt der Aktualisierung</translation>
    </message>
    <message>
        <source>What Vitrine knows about guest systems comes from the project osinfo-db and from additions of its own: names, the media they are installed from, and the hardware that suits them.</source>
        <translation>Was Vitrine über Gastsysteme weiß, stammt vom Projekt osinfo-db und aus eigenen Ergänzungen: Namen, die Medien, von denen sie installiert werden, und die Hardware, die zu ihnen passt.</translation>
    </message>
    <message>
        <source>An update is fetched from %1, checked, and kept for you alone. The new-machine wizard uses it after the next start of the manager.</source>
        <translation>Eine Aktualisierung wird von %1 geholt, geprüft und nur für Sie aufbewahrt. Der Assistent für neue Maschinen benutzt sie nach dem nächsten Start des Managers.</translation>
    </message>
    <message>
        <source>No data is installed. Install the package osinfo-db, or import a release.</source>
        <translation>Es sind keine Daten installiert. Installieren Sie das Paket osinfo-db oder importieren Sie eine Ausgabe.</translation>
    </message>
    <message>
        <source>Used: the release of %1, from an update.</source>
        <translation>Benutzt wird die Ausgabe vom %1, aus einer Aktualisierung.</translation>
    </message>
    <message>
        <source>Used: the release of %1, from your distribution.</source>
        <translation>Benutzt wird die Ausgabe vom %1, aus Ihrer Distribution.</translation>
    </message>
    <message>
        <source>Use the data that was used before the last update</source>
        <translation>Die Daten benutzen, die vor der letzten Aktualisierung benutzt wurden</translation>
    </message>
    <message>
        <source>There is no update to undo.</source>
        <translation>Es gibt keine Aktualisierung zurückzunehmen.</translation>
    </message>
    <message>
        <source>The release of %1 is installed.</source>
        <translation>Die Ausgabe vom %1 ist installiert.</translation>
    </message>
    <message>
        <source>There is nothing newer than the release of %1.</source>
        <translation>Es gibt nichts Neueres als die Ausgabe vom %1.</translation>
    </message>
    <message>
        <source>Import System Data</source>
        <translation>Systemdaten importieren</translation>
    </message>
    <message>
        <source>Releases of osinfo-db (osinfo-db-*.tar.xz *.tar.xz);;All files (*)</source>
        <translation>Ausgaben von osinfo-db (osinfo-db-*.tar.xz *.tar.xz);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>The data from before the update is used again.</source>
        <translation>Die Daten von vor der Aktualisierung werden wieder benutzt.</translation>
    </message>
</context>
<context>
    <name>ui::PageDialog</name>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search the pages</source>
        <translation>Die Seiten durchsuchen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
</context>
<context>
    <name>ui::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Key Combinations</source>
        <translation>Tastenkombinationen</translation>
    </message>
    <message>
        <source>Screens</source>
        <translation>Bildschirme</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>System Data</source>
        <translation>Systemdaten</translation>
    </message>
</context>
<context>
    <name>ui::PreferencesGeneralPage</name>
    <message>
        <source>Folder for new machines</source>
        <translation>Ordner für neue Maschinen</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>Closing a machine&apos;s window</source>
        <translation>Das Schließen eines Maschinenfensters</translation>
    </message>
    <message>
        <source>Asks what to do</source>
        <translation>fragt, was geschehen soll</translation>
    </message>
    <message>
        <source>Lets the machine run in the background</source>
        <translation>lässt die Maschine im Hintergrund laufen</translation>
    </message>
    <message>
        <source>Shuts the machine down</source>
        <translation>fährt die Maschine herunter</translation>
    </message>
    <message>
        <source>Powers the machine off</source>
        <translation>schaltet die Maschine aus</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>As the desktop session</source>
        <translation>Wie die Arbeitsumgebung</translation>
    </message>
    <message>
        <source>&amp;Folder for new machines:</source>
        <translation>&amp;Ordner für neue Maschinen:</translation>
    </message>
    <message>
        <source>C&amp;losing a machine&apos;s window:</source>
        <translation>Das S&amp;chließen eines Maschinenfensters:</translation>
    </message>
    <message>
        <source>Lan&amp;guage:</source>
        <translation>&amp;Sprache:</translation>
    </message>
    <message>
        <source>Windows that are open keep their language until they are opened the next time; the manager, until it is started again.</source>
        <translation>Offene Fenster behalten ihre Sprache, bis sie das nächste Mal geöffnet werden; der Manager, bis er neu gestartet wird.</translation>
    </message>
    <message>
        <source>The folder for new machines needs a full path, such as %1.</source>
        <translation>Der Ordner für neue Maschinen braucht einen vollständigen Pfad, etwa %1.</translation>
    </message>
    <message>
        <source>Folder for New Machines</source>
        <translation>Ordner für neue Maschinen</translation>
    </message>
    <message>
        <source>Saves the machine&apos;s state</source>
        <translation>speichert den Zustand der Maschine</translation>
    </message>
    <message>
        <source>Running machines when the session ends</source>
        <translation>Laufende Maschinen beim Ende der Sitzung</translation>
    </message>
    <message>
        <source>When you log out or the computer shuts down. A machine whose state cannot be saved is shut down.</source>
        <translation>Wenn Sie sich abmelden oder der Computer herunterfährt. Eine Maschine, deren Zustand nicht gespeichert werden kann, wird heruntergefahren.</translation>
    </message>
    <message>
        <source>Are saved</source>
        <translation>werden gespeichert</translation>
    </message>
    <message>
        <source>Are shut down</source>
        <translation>werden heruntergefahren</translation>
    </message>
    <message>
        <source>Are powered off</source>
        <translation>werden ausgeschaltet</translation>
    </message>
    <message>
        <source>&amp;Running machines at log-out:</source>
        <translation>&amp;Laufende Maschinen beim Abmelden:</translation>
    </message>
    <message>
        <source>Show an &amp;icon in the desktop&apos;s tray</source>
        <translation>S&amp;ymbol im Infobereich der Arbeitsfläche zeigen</translation>
    </message>
    <message>
        <source>With the machines that run and the USB devices in its menu. Closing the manager&apos;s window then leaves the icon there.</source>
        <translation>Mit den laufenden Maschinen und den USB-Geräten im Menü. Beim Schließen des Fensters der Verwaltung bleibt das Symbol dann da.</translation>
    </message>
    <message>
        <source>This desktop has no tray for icons.</source>
        <translation>Diese Arbeitsfläche hat keinen Infobereich für Symbole.</translation>
    </message>
</context>
<context>
    <name>ui::PreferencesInputPage</name>
    <message>
        <source>&amp;Press the Keys…</source>
        <translation>Tasten &amp;drücken …</translation>
    </message>
    <message>
        <source>&amp;Capture the keyboard whenever a machine&apos;s screen gets the focus</source>
        <translation>Die Tastatur &amp;einfangen, sobald der Bildschirm einer Maschine den Fokus erhält</translation>
    </message>
    <message>
        <source>While captured, the &amp;desktop&apos;s shortcuts go to the guest</source>
        <translation>Solange sie eingefangen ist, gehen die Kürzel der &amp;Arbeitsumgebung an den Gast</translation>
    </message>
    <message>
        <source>Host key</source>
        <translation>Host-Taste</translation>
    </message>
    <message>
        <source>One key, or two that are held together: Ctrl, Alt, Shift, Super, Menu, Pause or Scroll Lock</source>
        <translation>Eine Taste oder zwei, die zusammen gehalten werden: Strg, Alt, Umschalt, Super, Menü, Pause oder Rollen</translation>
    </message>
    <message>
        <source>&amp;Right Ctrl</source>
        <translation>&amp;Strg rechts</translation>
    </message>
    <message>
        <source>Back to the usual host key</source>
        <translation>Zurück zur üblichen Host-Taste</translation>
    </message>
    <message>
        <source>Where shortcuts go</source>
        <translation>Wohin Tastenkürzel gehen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Keyboard not captured</source>
        <translation>Tastatur nicht eingefangen</translation>
    </message>
    <message>
        <source>Keyboard captured</source>
        <translation>Tastatur eingefangen</translation>
    </message>
    <message>
        <source>&amp;Host key:</source>
        <translation>&amp;Host-Taste:</translation>
    </message>
    <message>
        <source>Where short&amp;cuts go:</source>
        <translation>Wohin Tasten&amp;kürzel gehen:</translation>
    </message>
    <message>
        <source>Gives keyboard and pointer back to this computer; together with another key it is a command.</source>
        <translation>Gibt Tastatur und Zeiger an diesen Computer zurück; zusammen mit einer anderen Taste ist sie ein Befehl.</translation>
    </message>
    <message>
        <source>Guests need that key. Press one or two of Ctrl, Alt, Shift, Super, Menu, Pause or Scroll Lock, such as %1.</source>
        <translation>Gäste brauchen diese Taste. Drücken Sie eine oder zwei von Strg, Alt, Umschalt, Super, Menü, Pause oder Rollen, etwa %1.</translation>
    </message>
    <message>
        <source>This window</source>
        <translation>Dieses Fenster</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation>Arbeitsumgebung</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Gast</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>%1 alone</source>
        <translation>%1 allein</translation>
    </message>
    <message>
        <source>This window: captures</source>
        <translation>Dieses Fenster: fängt ein</translation>
    </message>
    <message>
        <source>This window: releases</source>
        <translation>Dieses Fenster: gibt frei</translation>
    </message>
    <message>
        <source>%1 and a key of the page Shortcuts</source>
        <translation>%1 und eine Taste der Seite Tastenkürzel</translation>
    </message>
    <message>
        <source>Alt+Tab, Alt+F4, Super and other keys of the desktop</source>
        <translation>Alt+Tab, Alt+F4, Super und andere Tasten der Arbeitsumgebung</translation>
    </message>
    <message>
        <source>Print Screen, volume and media keys the desktop uses</source>
        <translation>Druck, Lautstärke- und Medientasten, die die Arbeitsumgebung benutzt</translation>
    </message>
    <message>
        <source>Ctrl+Alt+Del</source>
        <translation>Strg+Alt+Entf</translation>
    </message>
    <message>
        <source>Desktop, if it uses them</source>
        <translation>Arbeitsumgebung, falls sie es benutzt</translation>
    </message>
    <message>
        <source>Ctrl+Alt+F1 to F12 (consoles), Alt+SysRq</source>
        <translation>Strg+Alt+F1 bis F12 (Konsolen), Alt+S-Abf</translation>
    </message>
    <message>
        <source>Alt and a letter, F10: menus</source>
        <translation>Alt und ein Buchstabe, F10: Menüs</translation>
    </message>
    <message>
        <source>Every other key</source>
        <translation>Jede andere Taste</translation>
    </message>
</context>
<context>
    <name>ui::PreferencesNetworkPage</name>
    <message>
        <source>&amp;No proxy</source>
        <translation>&amp;Kein Proxy</translation>
    </message>
    <message>
        <source>The proxy of the &amp;desktop session</source>
        <translation>Der Proxy der &amp;Arbeitsumgebung</translation>
    </message>
    <message>
        <source>&amp;This proxy:</source>
        <translation>&amp;Dieser Proxy:</translation>
    </message>
    <message>
        <source>Proxy host</source>
        <translation>Rechnername des Proxys</translation>
    </message>
    <message>
        <source>proxy.example</source>
        <translation>proxy.example</translation>
    </message>
    <message>
        <source>Proxy port</source>
        <translation>Port des Proxys</translation>
    </message>
    <message>
        <source>&amp;Host:</source>
        <translation>&amp;Rechner:</translation>
    </message>
    <message>
        <source>&amp;Port:</source>
        <translation>&amp;Port:</translation>
    </message>
    <message>
        <source>For what Vitrine itself downloads, such as system data. Guests have their own settings.</source>
        <translation>Für das, was Vitrine selbst herunterlädt, etwa Systemdaten. Gäste haben ihre eigenen Einstellungen.</translation>
    </message>
    <message>
        <source>The proxy needs a host name or an address, such as proxy.example.</source>
        <translation>Der Proxy braucht einen Rechnernamen oder eine Adresse, etwa proxy.example.</translation>
    </message>
    <message>
        <source>“%1” is no host name. Leave out http:// and the port.</source>
        <translation>„%1“ ist kein Rechnername. Lassen Sie http:// und den Port weg.</translation>
    </message>
</context>
<context>
    <name>ui::PreferencesScreensPage</name>
    <message>
        <source>Show the mini &amp;tool bar in full screen</source>
        <translation>Die Mini-&amp;Werkzeugleiste im Vollbild zeigen</translation>
    </message>
    <message>
        <source>Monitor for full screen</source>
        <translation>Bildschirm für das Vollbild</translation>
    </message>
    <message>
        <source>The one the window is on</source>
        <translation>Der, auf dem das Fenster ist</translation>
    </message>
    <message>
        <source>New machine windows</source>
        <translation>Neue Maschinenfenster</translation>
    </message>
    <message>
        <source>Show one guest pixel as one pixel</source>
        <translation>Ein Pixel des Gastes als ein Pixel zeigen</translation>
    </message>
    <message>
        <source>Stretch the picture to the window (scaled mode)</source>
        <translation>Das Bild auf das Fenster strecken (skalierte Ansicht)</translation>
    </message>
    <message>
        <source>Monitor for f&amp;ull screen:</source>
        <translation>Bildschirm für das &amp;Vollbild:</translation>
    </message>
    <message>
        <source>New machine &amp;windows:</source>
        <translation>&amp;Neue Maschinenfenster:</translation>
    </message>
    <message>
        <source>A window that was open before comes back as it was left.</source>
        <translation>Ein Fenster, das schon offen war, kommt zurück, wie es verlassen wurde.</translation>
    </message>
    <message>
        <source>%1 (not connected)</source>
        <translation>%1 (nicht angeschlossen)</translation>
    </message>
</context>
<context>
    <name>ui::PreviewWidget</name>
    <message>
        <source>Preview of the screen</source>
        <translation>Vorschau des Bildschirms</translation>
    </message>
</context>
<context>
    <name>ui::ProblemLine</name>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
</context>
<context>
    <name>ui::RecordingSign</name>
    <message>
        <source>Starting…</source>
        <translation>Beginnt …</translation>
    </message>
    <message>
        <source>Finishing…</source>
        <translation>Wird fertig …</translation>
    </message>
    <message>
        <source>The guest&apos;s screen is being recorded to &quot;%1&quot;, without sound. Click to stop.</source>
        <translation>Der Bildschirm des Gasts wird nach „%1“ aufgezeichnet, ohne Ton. Ein Klick beendet das.</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufzeichnung</translation>
    </message>
    <message>
        <source>Recording: %1</source>
        <translation>Aufzeichnung: %1</translation>
    </message>
</context>
<context>
    <name>ui::RemoveDialog</name>
    <message>
        <source>Remove Machine</source>
        <translation>Maschine entfernen</translation>
    </message>
    <message>
        <source>Remove &quot;%1&quot;?</source>
        <translation>„%1“ entfernen?</translation>
    </message>
    <message>
        <source>Off the list, the machine stays on this computer and can be added again.
Deleting all files cannot be undone. These will be gone:</source>
        <translation>Von der Liste genommen, bleibt die Maschine auf diesem Computer und kann wieder hinzugefügt werden.
Das Löschen aller Dateien kann nicht zurückgenommen werden. Diese verschwinden:</translation>
    </message>
    <message>
        <source>The machine&apos;s file cannot be read, so its disks are not known and its files are not deleted from here. The folder stays and can be added again.</source>
        <translation>Die Datei der Maschine kann nicht gelesen werden; ihre Platten sind daher nicht bekannt, und ihre Dateien werden von hier aus nicht gelöscht. Der Ordner bleibt und kann wieder hinzugefügt werden.</translation>
    </message>
    <message>
        <source>Files that will be deleted</source>
        <translation>Dateien, die gelöscht werden</translation>
    </message>
    <message>
        <source>&amp;Remove from the list</source>
        <translation>Von der &amp;Liste nehmen</translation>
    </message>
    <message>
        <source>&amp;Delete all files</source>
        <translation>Alle Dateien &amp;löschen</translation>
    </message>
</context>
<context>
    <name>ui::SavedKeysPage</name>
    <message>
        <source>&amp;Add: Press Keys…</source>
        <translation>&amp;Hinzufügen: Tasten drücken …</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Your own key combinations</source>
        <translation>Ihre eigenen Tastenkombinationen</translation>
    </message>
    <message>
        <source>Then hold the keys together; the combination is taken when you let go</source>
        <translation>Halten Sie dann die Tasten zusammen; beim Loslassen wird die Kombination übernommen</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message>
        <source>They stand in the menu Input of machine windows. Keys that your desktop keeps for itself cannot be recorded.</source>
        <translation>Sie stehen im Menü Eingabe der Maschinenfenster. Tasten, die Ihre Arbeitsumgebung für sich behält, können nicht aufgenommen werden.</translation>
    </message>
    <message>
        <source>Na&amp;me:</source>
        <translation>Na&amp;me:</translation>
    </message>
</context>
<context>
    <name>ui::SearchField</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>Die Suche leeren</translation>
    </message>
</context>
<context>
    <name>ui::SerialPage</name>
    <message>
        <source>Serial</source>
        <translation>Seriell</translation>
    </message>
    <message>
        <source>Serial ports</source>
        <translation>Serielle Anschlüsse</translation>
    </message>
    <message>
        <source>COM%1</source>
        <translation>COM%1</translation>
    </message>
    <message>
        <source>&amp;Enable this port</source>
        <translation>Diesen Anschluss &amp;einschalten</translation>
    </message>
    <message>
        <source>C&amp;hoose...</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>The guest sees a 16550A at its usual place</source>
        <translation>Der Gast sieht einen 16550A an seinem üblichen Platz</translation>
    </message>
    <message>
        <source>serial uart com port</source>
        <translation>seriell uart com Anschluss</translation>
    </message>
    <message>
        <source>This machine&apos;s window (Devices menu)</source>
        <translation>Das Fenster dieser Maschine (Menü „Geräte“)</translation>
    </message>
    <message>
        <source>A file that it writes to</source>
        <translation>Eine Datei, in die er schreibt</translation>
    </message>
    <message>
        <source>A Unix socket that others connect to</source>
        <translation>Ein Unix-Socket, mit dem sich andere verbinden</translation>
    </message>
    <message>
        <source>A Unix socket of another program</source>
        <translation>Ein Unix-Socket eines anderen Programms</translation>
    </message>
    <message>
        <source>&amp;Connected to:</source>
        <translation>&amp;Verbunden mit:</translation>
    </message>
    <message>
        <source>What is at the other end of the cable</source>
        <translation>Was am anderen Ende des Kabels ist</translation>
    </message>
    <message>
        <source>serial mode pipe console null</source>
        <translation>seriell Modus Pipe Konsole null</translation>
    </message>
    <message>
        <source>&amp;Path:</source>
        <translation>&amp;Pfad:</translation>
    </message>
    <message>
        <source>Relative paths begin at the machine&apos;s folder</source>
        <translation>Relative Pfade beginnen im Ordner der Maschine</translation>
    </message>
    <message>
        <source>serial file socket log</source>
        <translation>seriell Datei Socket Protokoll</translation>
    </message>
    <message>
        <source>Choose a File</source>
        <translation>Eine Datei wählen</translation>
    </message>
</context>
<context>
    <name>ui::SerialWindow</name>
    <message>
        <source>%1 - Serial Ports</source>
        <translation>%1 – Serielle Anschlüsse</translation>
    </message>
    <message>
        <source>No serial port of this machine is connected to its window. Switch one on in the machine&apos;s settings, under Serial Ports; it is there at the next start.</source>
        <translation>Kein serieller Anschluss dieser Maschine ist mit ihrem Fenster verbunden. Schalten Sie in den Einstellungen der Maschine unter „Serielle Anschlüsse“ einen ein; beim nächsten Start ist er da.</translation>
    </message>
    <message>
        <source>COM%1</source>
        <translation>COM%1</translation>
    </message>
    <message>
        <source>Terminal of the serial port %1</source>
        <translation>Terminal des seriellen Anschlusses %1</translation>
    </message>
    <message>
        <source>The machine has ended.</source>
        <translation>Die Maschine ist beendet.</translation>
    </message>
    <message>
        <source>The serial port cannot be shown: %1.</source>
        <translation>Der serielle Anschluss kann nicht angezeigt werden: %1.</translation>
    </message>
</context>
<context>
    <name>ui::SessionInformation</name>
    <message>
        <source>Guest&apos;s memory:</source>
        <translation>Speicher des Gasts:</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>%1 of %2 in use</source>
        <translation>%1 von %2 in Gebrauch</translation>
    </message>
    <message>
        <source>%1; %2 given to the host</source>
        <translation>%1; %2 an den Wirt abgegeben</translation>
    </message>
    <message>
        <source>%1: empty</source>
        <translation>%1: leer</translation>
    </message>
    <message>
        <source>%1: %2 (read-only)</source>
        <translation>%1: %2 (nur lesbar)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Powered Off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Aborted</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Restoring</source>
        <translation>Wird wiederhergestellt</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Wird gespeichert</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Wird beendet</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>Zustand:</translation>
    </message>
    <message>
        <source>Engine:</source>
        <translation>Engine:</translation>
    </message>
    <message>
        <source>Acceleration:</source>
        <translation>Beschleunigung:</translation>
    </message>
    <message>
        <source>Screen:</source>
        <translation>Bildschirm:</translation>
    </message>
    <message>
        <source>Pointer:</source>
        <translation>Zeiger:</translation>
    </message>
    <message>
        <source>Disks:</source>
        <translation>Platten:</translation>
    </message>
    <message>
        <source>Disk activity:</source>
        <translation>Plattenaktivität:</translation>
    </message>
    <message>
        <source>Network:</source>
        <translation>Netzwerk:</translation>
    </message>
    <message>
        <source>Network activity:</source>
        <translation>Netzwerkaktivität:</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copy all of this as text, for a bug report</source>
        <translation>All das als Text kopieren, für einen Fehlerbericht</translation>
    </message>
    <message>
        <source>%1 - Session Information</source>
        <translation>%1 - Sitzungsinformationen</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Integrated: the guest follows the host&apos;s pointer</source>
        <translation>Eingebunden: der Gast folgt dem Zeiger des Hosts</translation>
    </message>
    <message>
        <source>Relative: captured by a click into the screen</source>
        <translation>Relativ: durch einen Klick in den Bildschirm eingefangen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>cable connected</source>
        <translation>Kabel eingesteckt</translation>
    </message>
    <message>
        <source>cable unplugged</source>
        <translation>Kabel gezogen</translation>
    </message>
    <message>
        <source>Adapter %1: %2</source>
        <translation>Adapter %1: %2</translation>
    </message>
    <message>
        <source>no picture yet</source>
        <translation>noch kein Bild</translation>
    </message>
    <message>
        <source>%1 × %2 pixels</source>
        <translation>%1 × %2 Pixel</translation>
    </message>
    <message>
        <source>%1 read, %2 written; optical: %3 read</source>
        <translation>%1 gelesen, %2 geschrieben; optisch: %3 gelesen</translation>
    </message>
    <message>
        <source>%1 received, %2 sent (%3 and %4 packets)</source>
        <translation>%1 empfangen, %2 gesendet (%3 und %4 Pakete)</translation>
    </message>
    <message>
        <source>not counted</source>
        <translation>nicht gezählt</translation>
    </message>
    <message>
        <source>Con&amp;figuration</source>
        <translation>Aus&amp;stattung</translation>
    </message>
    <message>
        <source>&amp;Activity</source>
        <translation>&amp;Aktivität</translation>
    </message>
</context>
<context>
    <name>ui::SettingsCommit</name>
    <message>
        <source>Making &quot;%1&quot;</source>
        <translation>„%1“ wird angelegt</translation>
    </message>
    <message>
        <source>Writing the settings</source>
        <translation>Die Einstellungen werden geschrieben</translation>
    </message>
    <message>
        <source>The machine&apos;s settings were changed by another program meanwhile</source>
        <translation>Die Einstellungen der Maschine wurden inzwischen von einem anderen Programm geändert</translation>
    </message>
    <message>
        <source>Load them again and repeat your change</source>
        <translation>Laden Sie sie neu und wiederholen Sie Ihre Änderung</translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>%1 - Settings</source>
        <translation>%1 - Einstellungen</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>%1 has a problem</source>
        <translation>%1 hat ein Problem</translation>
    </message>
    <message>
        <source>%1 has a warning</source>
        <translation>%1 hat eine Warnung</translation>
    </message>
    <message>
        <source>Go to the problem: %1</source>
        <translation>Zum Problem gehen: %1</translation>
    </message>
    <message>
        <source>The machine runs: what is gray can be changed when it is powered off.</source>
        <translation>Die Maschine läuft: was grau ist, kann geändert werden, wenn sie ausgeschaltet ist.</translation>
    </message>
    <message>
        <source>The machine has a saved state: discard it to change what is gray.</source>
        <translation>Die Maschine hat einen gespeicherten Zustand: verwerfen Sie ihn, um zu ändern, was grau ist.</translation>
    </message>
    <message>
        <source>Another program has changed these settings.</source>
        <translation>Ein anderes Programm hat diese Einstellungen geändert.</translation>
    </message>
    <message>
        <source>&amp;Load Again</source>
        <translation>&amp;Neu laden</translation>
    </message>
    <message>
        <source>&amp;Keep Mine</source>
        <translation>&amp;Meine behalten</translation>
    </message>
    <message>
        <source>The settings could not be changed</source>
        <translation>Die Einstellungen konnten nicht geändert werden</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Suchen</translation>
    </message>
</context>
<context>
    <name>ui::ShareDialog</name>
    <message>
        <source>C&amp;hoose…</source>
        <translation>&amp;Auswählen …</translation>
    </message>
    <message>
        <source>&amp;Read-only: the guest changes nothing in it</source>
        <translation>&amp;Nur lesbar: der Gast ändert nichts darin</translation>
    </message>
    <message>
        <source>&amp;Keep it after the machine is powered off</source>
        <translation>Nach dem Ausschalten der Maschine &amp;behalten</translation>
    </message>
    <message>
        <source>&amp;Share</source>
        <translation>&amp;Freigeben</translation>
    </message>
    <message>
        <source>Share a Folder</source>
        <translation>Ordner freigeben</translation>
    </message>
    <message>
        <source>&quot;%1&quot; sees this folder of your computer and works in it with your rights.</source>
        <translation>„%1“ sieht diesen Ordner Ihres Computers und arbeitet darin mit Ihren Rechten.</translation>
    </message>
    <message>
        <source>&amp;Folder:</source>
        <translation>&amp;Ordner:</translation>
    </message>
    <message>
        <source>&amp;Name in the guest:</source>
        <translation>Name im &amp;Gast:</translation>
    </message>
    <message>
        <source>In a Linux guest, this mounts it:</source>
        <translation>In einem Linux-Gast hängt ihn dies ein:</translation>
    </message>
    <message>
        <source>Mount command</source>
        <translation>Befehl zum Einhängen</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copies the command, for a terminal in the guest</source>
        <translation>Kopiert den Befehl für ein Terminal im Gast</translation>
    </message>
    <message>
        <source>Choose a Folder to Share</source>
        <translation>Ordner zum Freigeben auswählen</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>Diesen Ordner gibt es nicht.</translation>
    </message>
    <message>
        <source>The guest has another folder of this name.</source>
        <translation>Der Gast hat einen anderen Ordner dieses Namens.</translation>
    </message>
    <message>
        <source>The name has to be short, at most %1 bytes, and without slashes.</source>
        <translation>Der Name muss kurz sein, höchstens %1 Byte, und ohne Schrägstriche.</translation>
    </message>
    <message>
        <source>The guest has the folder now. It still has to mount it.</source>
        <translation>Der Gast hat den Ordner jetzt. Er muss ihn noch einhängen.</translation>
    </message>
    <message>
        <source>The guest has the folder now. Its agent mounts it at %1.</source>
        <translation>Der Gast hat den Ordner jetzt. Sein Agent hängt ihn unter %1 ein.</translation>
    </message>
    <message>
        <source>&amp;Mount it by the guest&apos;s agent, now and later</source>
        <translation>Vom Agenten des Gasts &amp;einhängen lassen, jetzt und später</translation>
    </message>
    <message>
        <source>A Linux guest finds the folder where the command below mounts it</source>
        <translation>Ein Linux-Gast findet den Ordner dort, wo ihn der Befehl unten einhängt</translation>
    </message>
    <message>
        <source>As soon as the guest has qemu-guest-agent</source>
        <translation>Sobald der Gast qemu-guest-agent hat</translation>
    </message>
</context>
<context>
    <name>ui::SharedFolders</name>
    <message>
        <source>C&amp;hoose…</source>
        <translation>&amp;Auswählen …</translation>
    </message>
    <message>
        <source>&amp;Read-only</source>
        <translation>&amp;Nur lesbar</translation>
    </message>
    <message>
        <source>Mount &amp;automatically</source>
        <translation>&amp;Automatisch einhängen</translation>
    </message>
    <message>
        <source>Co&amp;py</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Shared folders</source>
        <translation>Gemeinsame Ordner</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>Hinzufügen …</translation>
    </message>
    <message>
        <source>Chooses a folder of this computer for the guest</source>
        <translation>Wählt einen Ordner dieses Computers für den Gast aus</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>The guest has the chosen folder no more; its files stay</source>
        <translation>Der Gast hat den gewählten Ordner nicht mehr; dessen Dateien bleiben</translation>
    </message>
    <message>
        <source>The guest changes nothing in it</source>
        <translation>Der Gast ändert nichts darin</translation>
    </message>
    <message>
        <source>By the agent in a Linux guest (qemu-guest-agent), as soon as it is there</source>
        <translation>Vom Agenten in einem Linux-Gast (qemu-guest-agent), sobald er da ist</translation>
    </message>
    <message>
        <source>Copies the command, for a terminal in the guest</source>
        <translation>Kopiert den Befehl für ein Terminal im Gast</translation>
    </message>
    <message>
        <source>Na&amp;me in the guest:</source>
        <translation>Na&amp;me im Gast:</translation>
    </message>
    <message>
        <source>F&amp;older:</source>
        <translation>Or&amp;dner:</translation>
    </message>
    <message>
        <source>Mo&amp;unt point:</source>
        <translation>&amp;Einhängepunkt:</translation>
    </message>
    <message>
        <source>Mount &amp;command:</source>
        <translation>&amp;Befehl:</translation>
    </message>
    <message>
        <source>Choose a Folder to Share</source>
        <translation>Ordner zum Freigeben auswählen</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 (read-only)</source>
        <translation>%1 (nur lesbar)</translation>
    </message>
    <message>
        <source>No folder is shared. Add one, and the guest can mount it.</source>
        <translation>Kein Ordner ist freigegeben. Fügen Sie einen hinzu, dann kann der Gast ihn einhängen.</translation>
    </message>
</context>
<context>
    <name>ui::SharedFoldersPage</name>
    <message>
        <source>Shared Folders</source>
        <translation>Gemeinsame Ordner</translation>
    </message>
    <message>
        <source>&amp;Folders:</source>
        <translation>&amp;Ordner:</translation>
    </message>
    <message>
        <source>The guest works in them with your rights on this computer</source>
        <translation>Der Gast arbeitet darin mit Ihren Rechten auf diesem Computer</translation>
    </message>
    <message>
        <source>shared folder virtiofs mount exchange files host read-only automount</source>
        <translation>gemeinsame ordner freigabe virtiofs einhängen austausch dateien host nur lesbar automatisch</translation>
    </message>
    <message>
        <source>Linux guests mount a folder by its name (virtio-fs). Machines with shared folders run on QEMU.</source>
        <translation>Linux-Gäste hängen einen Ordner unter seinem Namen ein (virtio-fs). Maschinen mit gemeinsamen Ordnern laufen mit QEMU.</translation>
    </message>
</context>
<context>
    <name>ui::SharingMenu</name>
    <message>
        <source>Shared &amp;Clipboard</source>
        <translation>Gemeinsame &amp;Zwischenablage</translation>
    </message>
    <message>
        <source>&amp;Drag and Drop</source>
        <translation>Ziehen und &amp;Ablegen</translation>
    </message>
    <message>
        <source>&amp;Off</source>
        <translation>&amp;Aus</translation>
    </message>
    <message>
        <source>This Computer to &amp;Guest</source>
        <translation>Dieser Computer zum &amp;Gast</translation>
    </message>
    <message>
        <source>Guest to &amp;This Computer</source>
        <translation>Gast zu &amp;diesem Computer</translation>
    </message>
    <message>
        <source>&amp;Both Ways</source>
        <translation>&amp;Beide Richtungen</translation>
    </message>
    <message>
        <source>Copy &amp;Files to the Guest…</source>
        <translation>&amp;Dateien in den Gast kopieren …</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>To guest</source>
        <translation>Zum Gast</translation>
    </message>
    <message>
        <source>From guest</source>
        <translation>Vom Gast</translation>
    </message>
    <message>
        <source>Both ways</source>
        <translation>Beidseitig</translation>
    </message>
    <message>
        <source>The agent in the guest is there.</source>
        <translation>Der Agent im Gast ist da.</translation>
    </message>
    <message>
        <source>The agent in the guest does not offer this.</source>
        <translation>Der Agent im Gast bietet das nicht an.</translation>
    </message>
    <message>
        <source>Files go to the guest only: its agent hands out none by drag and drop.</source>
        <translation>Dateien gehen nur in den Gast: Sein Agent gibt durch Ziehen und Ablegen keine heraus.</translation>
    </message>
    <message>
        <source>No agent answers in the guest: insert the guest tools, or install spice-vdagent there.</source>
        <translation>Im Gast antwortet kein Agent: Legen Sie die Gastwerkzeuge ein oder installieren Sie dort spice-vdagent.</translation>
    </message>
</context>
<context>
    <name>ui::ShortcutsPage</name>
    <message>
        <source>&amp;None</source>
        <translation>&amp;Keine</translation>
    </message>
    <message>
        <source>&amp;Usual</source>
        <translation>&amp;Übliche</translation>
    </message>
    <message>
        <source>&amp;All Usual</source>
        <translation>&amp;Alle üblichen</translation>
    </message>
    <message>
        <source>Search commands and keys</source>
        <translation>Befehle und Tasten suchen</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Press the keys here</source>
        <translation>Drücken Sie hier die Tasten</translation>
    </message>
    <message>
        <source>No keys for this command</source>
        <translation>Keine Tasten für diesen Befehl</translation>
    </message>
    <message>
        <source>The usual keys for this command</source>
        <translation>Die üblichen Tasten für diesen Befehl</translation>
    </message>
    <message>
        <source>The usual keys for every command</source>
        <translation>Die üblichen Tasten für jeden Befehl</translation>
    </message>
    <message>
        <source>Machine windows, together with the host key</source>
        <translation>Maschinenfenster, zusammen mit der Host-Taste</translation>
    </message>
    <message>
        <source>Manager</source>
        <translation>Manager</translation>
    </message>
    <message>
        <source>“%1”</source>
        <translation>„%1“</translation>
    </message>
    <message>
        <source>%1 stands for %2. Give one of them other keys or none.</source>
        <translation>%1 steht für %2. Geben Sie einem davon andere Tasten oder keine.</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>Another command has these keys</source>
        <translation>Ein anderer Befehl hat diese Tasten</translation>
    </message>
    <message>
        <source>&amp;Keys:</source>
        <translation>&amp;Tasten:</translation>
    </message>
    <message>
        <source>Host &amp;key +</source>
        <translation>Host-&amp;Taste +</translation>
    </message>
    <message>
        <source>Keys for %1</source>
        <translation>Tasten für %1</translation>
    </message>
</context>
<context>
    <name>ui::SoftKeyButton</name>
    <message>
        <source>held for the next key</source>
        <translation>wird für die nächste Taste gehalten</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>festgestellt</translation>
    </message>
    <message>
        <source>Key %1</source>
        <translation>Taste %1</translation>
    </message>
</context>
<context>
    <name>ui::SoftKeyboard</name>
    <message>
        <source>Soft Keyboard</source>
        <translation>Bildschirmtastatur</translation>
    </message>
    <message>
        <source>Lights of the guest&apos;s keyboard</source>
        <translation>Lampen der Gasttastatur</translation>
    </message>
    <message>
        <source>&amp;Layout:</source>
        <translation>&amp;Belegung:</translation>
    </message>
    <message>
        <source>Soft Keyboard – %1</source>
        <translation>Bildschirmtastatur – %1</translation>
    </message>
    <message>
        <source>Num</source>
        <translation>Num</translation>
    </message>
    <message>
        <source>Caps</source>
        <translation>Fest</translation>
    </message>
    <message>
        <source>Scroll</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Num Lock %1, Caps Lock %2, Scroll Lock %3</source>
        <translation>Num %1, Feststelltaste %2, Rollen %3</translation>
    </message>
</context>
<context>
    <name>ui::SpiceWindow</name>
    <message>
        <source>Connecting to %1…</source>
        <translation>Verbindung mit %1 …</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>The server has ended the connection: the machine was powered off, or its screen is shown elsewhere.</source>
        <translation>Der Server hat die Verbindung beendet: Die Maschine wurde ausgeschaltet, oder ihr Bildschirm wird anderswo gezeigt.</translation>
    </message>
    <message>
        <source>Connect Again</source>
        <translation>Erneut verbinden</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>Without a password there is no connection.</source>
        <translation>Ohne Passwort gibt es keine Verbindung.</translation>
    </message>
    <message>
        <source>There is no encrypted connection to &quot;%1&quot;: %2.</source>
        <translation>Es gibt keine verschlüsselte Verbindung mit „%1“: %2.</translation>
    </message>
    <message>
        <source>There is no encrypted connection to &quot;%1&quot;: its certificate cannot be used.</source>
        <translation>Es gibt keine verschlüsselte Verbindung mit „%1“: Sein Zertifikat ist nicht zu gebrauchen.</translation>
    </message>
    <message>
        <source>Unknown Certificate</source>
        <translation>Unbekanntes Zertifikat</translation>
    </message>
    <message>
        <source>The server &quot;%1&quot; has another certificate than the one that is trusted.</source>
        <translation>Der Server „%1“ hat ein anderes Zertifikat als das, dem vertraut wird.</translation>
    </message>
    <message>
        <source>Nobody vouches for the server &quot;%1&quot;.</source>
        <translation>Für den Server „%1“ bürgt niemand.</translation>
    </message>
    <message>
        <source>Somebody may be between you and it, or it was set up anew.</source>
        <translation>Vielleicht ist jemand dazwischen, oder er wurde neu eingerichtet.</translation>
    </message>
    <message>
        <source>It may be another computer than it says.</source>
        <translation>Er kann ein anderer Computer sein, als er sagt.</translation>
    </message>
    <message>
        <source>Trust it only if it has the same fingerprint where the server runs (showvminfo tells it).</source>
        <translation>Vertrauen Sie ihm nur, wenn es dort, wo der Server läuft, denselben Fingerabdruck hat (showvminfo nennt ihn).</translation>
    </message>
    <message>
        <source>Name: %1
Valid until: %2
Fingerprint (SHA-256): %3</source>
        <translation>Name: %1
Gültig bis: %2
Fingerabdruck (SHA-256): %3</translation>
    </message>
    <message>
        <source>&amp;Remember this for the next time</source>
        <translation>Für das nächste Mal &amp;merken</translation>
    </message>
    <message>
        <source>&amp;Trust and Connect</source>
        <translation>Vertrauen und ver&amp;binden</translation>
    </message>
    <message>
        <source>Without trust in the server&apos;s certificate there is no connection.</source>
        <translation>Ohne Vertrauen in das Zertifikat des Servers gibt es keine Verbindung.</translation>
    </message>
    <message>
        <source>The server will be unknown the next time</source>
        <translation>Der Server wird beim nächsten Mal unbekannt sein</translation>
    </message>
    <message>
        <source>%1 - Vitrine</source>
        <translation>%1 – Vitrine</translation>
    </message>
    <message>
        <source>&amp;Connection</source>
        <translation>&amp;Verbindung</translation>
    </message>
    <message>
        <source>Connect &amp;Again</source>
        <translation>E&amp;rneut verbinden</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>&amp;Eingabe</translation>
    </message>
    <message>
        <source>&amp;Text Consoles</source>
        <translation>&amp;Textkonsolen</translation>
    </message>
    <message>
        <source>&amp;Play Sound</source>
        <translation>T&amp;on wiedergeben</translation>
    </message>
    <message>
        <source>&amp;Share the Clipboard</source>
        <translation>&amp;Zwischenablage teilen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>There is no picture yet</source>
        <translation>Es gibt noch kein Bild</translation>
    </message>
    <message>
        <source>Save Screenshot</source>
        <translation>Bildschirmfoto speichern</translation>
    </message>
    <message>
        <source>PNG images (*.png)</source>
        <translation>PNG-Bilder (*.png)</translation>
    </message>
    <message>
        <source>The screenshot could not be saved</source>
        <translation>Das Bildschirmfoto konnte nicht gespeichert werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; cannot be written</source>
        <translation>„%1“ kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>Wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>Press %1 to leave full screen</source>
        <translation>%1 verlässt das Vollbild</translation>
    </message>
    <message>
        <source>Press %1 to release the pointer</source>
        <translation>%1 gibt den Zeiger frei</translation>
    </message>
</context>
<context>
    <name>ui::StoragePage</name>
    <message>
        <source>&amp;Use this computer&apos;s cache</source>
        <translation>Cache dieses Comp&amp;uters benutzen</translation>
    </message>
    <message>
        <source>Hard disks go through this computer&apos;s memory: faster, unless several machines share little of it</source>
        <translation>Platten gehen durch den Speicher dieses Computers: schneller, außer wenn sich mehrere Maschinen wenig davon teilen</translation>
    </message>
    <message>
        <source>storage host io cache direct</source>
        <translation>Speicher Cache Platten direkt host io cache</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>How commands call the controller</source>
        <translation>Wie Befehle den Controller nennen</translation>
    </message>
    <message>
        <source>storage controller rename</source>
        <translation>Massenspeicher Controller umbenennen</translation>
    </message>
    <message>
        <source>&amp;Type:</source>
        <translation>&amp;Typ:</translation>
    </message>
    <message>
        <source>The bus that the guest finds its drives on</source>
        <translation>Der Bus, an dem der Gast seine Laufwerke findet</translation>
    </message>
    <message>
        <source>storage bus sata ide nvme virtio usb floppy ahci</source>
        <translation>Massenspeicher Bus sata ide nvme virtio usb Diskette ahci</translation>
    </message>
    <message>
        <source>&amp;Ports:</source>
        <translation>&amp;Anschlüsse:</translation>
    </message>
    <message>
        <source>How many drives fit</source>
        <translation>Wie viele Laufwerke Platz haben</translation>
    </message>
    <message>
        <source>storage port count</source>
        <translation>Massenspeicher Anschlüsse Anzahl</translation>
    </message>
    <message>
        <source>The machine may start from its dri&amp;ves</source>
        <translation>Die Maschine darf von seinen &amp;Laufwerken starten</translation>
    </message>
    <message>
        <source>boot storage bootable</source>
        <translation>Start Massenspeicher startfähig</translation>
    </message>
    <message>
        <source>Choose another medium</source>
        <translation>Ein anderes Medium wählen</translation>
    </message>
    <message>
        <source>&amp;Image:</source>
        <translation>A&amp;bbild:</translation>
    </message>
    <message>
        <source>The file that is the disk</source>
        <translation>Die Datei, die die Platte ist</translation>
    </message>
    <message>
        <source>medium iso file disk image insert eject</source>
        <translation>Medium iso Datei Abbild einlegen auswerfen</translation>
    </message>
    <message>
        <source>&amp;Attached to:</source>
        <translation>&amp;Angeschlossen an:</translation>
    </message>
    <message>
        <source>The drive&apos;s place on the controller</source>
        <translation>Der Platz des Laufwerks am Controller</translation>
    </message>
    <message>
        <source>port device master slave</source>
        <translation>Anschluss Gerät Master Slave</translation>
    </message>
    <message>
        <source>&amp;Read-only</source>
        <translation>Nur &amp;lesbar</translation>
    </message>
    <message>
        <source>The guest cannot write to it</source>
        <translation>Der Gast kann nicht darauf schreiben</translation>
    </message>
    <message>
        <source>write protect immutable</source>
        <translation>Schreibschutz unveränderlich</translation>
    </message>
    <message>
        <source>&amp;Give freed space back</source>
        <translation>Freigewordenen Platz &amp;zurückgeben</translation>
    </message>
    <message>
        <source>What the guest trims is taken out of the file</source>
        <translation>Was der Gast freigibt, wird aus der Datei genommen</translation>
    </message>
    <message>
        <source>discard trim unmap shrink</source>
        <translation>discard trim unmap schrumpfen</translation>
    </message>
    <message>
        <source>&amp;Solid-state drive</source>
        <translation>&amp;SSD</translation>
    </message>
    <message>
        <source>The guest is told that nothing rotates</source>
        <translation>Dem Gast wird gesagt, dass sich nichts dreht</translation>
    </message>
    <message>
        <source>ssd nonrotational rotation</source>
        <translation>ssd Drehung</translation>
    </message>
    <message>
        <source>Format:</source>
        <translation>Format:</translation>
    </message>
    <message>
        <source>Size for the guest:</source>
        <translation>Größe für den Gast:</translation>
    </message>
    <message>
        <source>Space it takes:</source>
        <translation>Belegter Platz:</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>The image in the drive; nothing leaves it empty</source>
        <translation>Das Abbild im Laufwerk; nichts lässt es leer</translation>
    </message>
    <message>
        <source>A %1 drive has no such mark</source>
        <translation>Ein Laufwerk an %1 hat keine solche Kennung</translation>
    </message>
    <message>
        <source>Grows; made when the settings are accepted</source>
        <translation>Wächst; wird angelegt, wenn die Einstellungen angenommen werden</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlt</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Abbild</translation>
    </message>
    <message>
        <source>Looking...</source>
        <translation>Wird angesehen …</translation>
    </message>
    <message>
        <source>Not readable: %1</source>
        <translation>Nicht lesbar: %1</translation>
    </message>
    <message>
        <source>&amp;Choose a File...</source>
        <translation>Eine Datei &amp;wählen …</translation>
    </message>
    <message>
        <source>&amp;Eject</source>
        <translation>&amp;Auswerfen</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Massenspeicher</translation>
    </message>
    <message>
        <source>Controllers and drives</source>
        <translation>Controller und Laufwerke</translation>
    </message>
    <message>
        <source>Select a controller or drive, or add one.</source>
        <translation>Wählen Sie einen Controller oder ein Laufwerk, oder fügen Sie eines hinzu.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>A place of a controller and what is in it</extracomment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>hard disk drive cd dvd iso floppy image medium controller sata ide nvme virtio usb attach add remove qcow2 vdi vmdk</source>
        <translation>Festplatte Laufwerk CD DVD iso Diskette Abbild Medium Controller sata ide nvme virtio usb anschließen hinzufügen entfernen qcow2 vdi vmdk</translation>
    </message>
    <message>
        <source>&amp;Drive</source>
        <translation>&amp;Laufwerk</translation>
    </message>
    <message>
        <source>Add a drive</source>
        <translation>Ein Laufwerk hinzufügen</translation>
    </message>
    <message>
        <source>C&amp;ontroller</source>
        <translation>C&amp;ontroller</translation>
    </message>
    <message>
        <source>Add a controller</source>
        <translation>Einen Controller hinzufügen</translation>
    </message>
    <message>
        <source>Remo&amp;ve</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Remove what is selected; its file stays</source>
        <translation>Entfernen, was gewählt ist; seine Datei bleibt</translation>
    </message>
    <message>
        <source>A machine can have one only</source>
        <translation>Eine Maschine kann nur einen davon haben</translation>
    </message>
    <message>
        <source>Add a controller first</source>
        <translation>Fügen Sie zuerst einen Controller hinzu</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nichts ist gewählt</translation>
    </message>
    <message>
        <source>No controller has room for one</source>
        <translation>Kein Controller hat dafür Platz</translation>
    </message>
    <message>
        <source>&amp;New Hard Disk...</source>
        <translation>&amp;Neue Festplatte …</translation>
    </message>
    <message>
        <source>&amp;Hard Disk from a File...</source>
        <translation>&amp;Festplatte aus einer Datei …</translation>
    </message>
    <message>
        <source>&amp;Known Hard Disks</source>
        <translation>&amp;Bekannte Festplatten</translation>
    </message>
    <message>
        <source>&amp;Optical Drive</source>
        <translation>&amp;Optisches Laufwerk</translation>
    </message>
    <message>
        <source>&amp;Floppy Drive</source>
        <translation>&amp;Diskettenlaufwerk</translation>
    </message>
    <message>
        <source>Optical images (*.iso *.ISO);;All files (*)</source>
        <translation>Optische Abbilder (*.iso *.ISO);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Disk images (*.qcow2 *.qcow *.raw *.img *.vdi *.vmdk *.vhd *.vhdx);;All files (*)</source>
        <translation>Plattenabbilder (*.qcow2 *.qcow *.raw *.img *.vdi *.vmdk *.vhd *.vhdx);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Floppy images (*.img *.ima *.flp *.vfd);;All files (*)</source>
        <translation>Diskettenabbilder (*.img *.ima *.flp *.vfd);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Choose an Image</source>
        <translation>Ein Abbild wählen</translation>
    </message>
    <message>
        <source>As the controller: this computer&apos;s</source>
        <translation>Wie der Controller: der dieses Computers</translation>
    </message>
    <message>
        <source>As the controller: none</source>
        <translation>Wie der Controller: keiner</translation>
    </message>
    <message>
        <source>This computer&apos;s</source>
        <translation>Der dieses Computers</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Cac&amp;he:</source>
        <translation>Cac&amp;he:</translation>
    </message>
    <message>
        <source>Whether the disk goes through this computer&apos;s memory</source>
        <translation>Ob die Festplatte durch den Arbeitsspeicher dieses Computers geht</translation>
    </message>
    <message>
        <source>host io cache direct memory</source>
        <translation>host io cache direkt arbeitsspeicher zwischenspeicher puffer</translation>
    </message>
</context>
<context>
    <name>ui::StorageWords</name>
    <message>
        <source>IDE (PIIX)</source>
        <translation>IDE (PIIX)</translation>
    </message>
    <message>
        <source>SATA (AHCI)</source>
        <translation>SATA (AHCI)</translation>
    </message>
    <message>
        <source>VirtIO</source>
        <translation>VirtIO</translation>
    </message>
    <message>
        <source>VirtIO SCSI</source>
        <translation>VirtIO SCSI</translation>
    </message>
    <message>
        <source>NVMe</source>
        <translation>NVMe</translation>
    </message>
    <message>
        <source>USB</source>
        <translation>USB</translation>
    </message>
    <message>
        <source>Floppy (I82078)</source>
        <translation>Diskette (I82078)</translation>
    </message>
    <message>
        <source>Primary master</source>
        <translation>Primär, Master</translation>
    </message>
    <message>
        <source>Primary slave</source>
        <translation>Primär, Slave</translation>
    </message>
    <message>
        <source>Secondary master</source>
        <translation>Sekundär, Master</translation>
    </message>
    <message>
        <source>Secondary slave</source>
        <translation>Sekundär, Slave</translation>
    </message>
    <message>
        <source>Device %1</source>
        <translation>Gerät %1</translation>
    </message>
    <message>
        <source>Port %1</source>
        <translation>Anschluss %1</translation>
    </message>
</context>
<context>
    <name>ui::SystemPage</name>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>Hard disk</source>
        <translation>Festplatte</translation>
    </message>
    <message>
        <source>Optical drive</source>
        <translation>Optisches Laufwerk</translation>
    </message>
    <message>
        <source>Floppy drive</source>
        <translation>Diskettenlaufwerk</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>&amp;Secure Boot</source>
        <translation>&amp;Secure Boot</translation>
    </message>
    <message>
        <source>The machine&apos;s clock shows &amp;UTC</source>
        <translation>Die Uhr der Maschine zeigt &amp;UTC</translation>
    </message>
    <message>
        <source>&amp;Nested virtualization</source>
        <translation>Ver&amp;schachtelte Virtualisierung</translation>
    </message>
    <message>
        <source>&amp;Memory:</source>
        <translation>&amp;Speicher:</translation>
    </message>
    <message>
        <source>What the machine has, taken from this computer while it runs</source>
        <translation>Was die Maschine hat, diesem Computer genommen, solange sie läuft</translation>
    </message>
    <message>
        <source>ram megabytes gigabytes</source>
        <translation>ram Megabyte Gigabyte</translation>
    </message>
    <message>
        <source>&amp;Processors:</source>
        <translation>&amp;Prozessoren:</translation>
    </message>
    <message>
        <source>Each is one of this computer&apos;s while it works</source>
        <translation>Jeder ist einer dieses Computers, solange er arbeitet</translation>
    </message>
    <message>
        <source>cpu cores vcpu smp threads</source>
        <translation>cpu Kerne vcpu smp Threads</translation>
    </message>
    <message>
        <source>Boot order</source>
        <translation>Startreihenfolge</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Start from it earlier</source>
        <translation>Früher davon starten</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Start from it later</source>
        <translation>Später davon starten</translation>
    </message>
    <message>
        <source>&amp;Boot order:</source>
        <translation>Start&amp;reihenfolge:</translation>
    </message>
    <message>
        <source>Tried from top to bottom; without a check mark, never</source>
        <translation>Von oben nach unten versucht; ohne Häkchen nie</translation>
    </message>
    <message>
        <source>pxe cd dvd start</source>
        <translation>pxe cd dvd Start</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>&amp;Firmware:</source>
        <translation>&amp;Firmware:</translation>
    </message>
    <message>
        <source>A system that is installed starts only with the one it was installed with</source>
        <translation>Ein installiertes System startet nur mit der, mit der es installiert wurde</translation>
    </message>
    <message>
        <source>efi ovmf seabios legacy</source>
        <translation>efi ovmf seabios alt</translation>
    </message>
    <message>
        <source>The firmware starts only systems that are signed</source>
        <translation>Die Firmware startet nur signierte Systeme</translation>
    </message>
    <message>
        <source>uefi keys signed</source>
        <translation>uefi Schlüssel signiert</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>1.2</source>
        <translation>1.2</translation>
    </message>
    <message>
        <source>2.0</source>
        <translation>2.0</translation>
    </message>
    <message>
        <source>&amp;TPM:</source>
        <translation>&amp;TPM:</translation>
    </message>
    <message>
        <source>A chip that keeps keys; Windows 11 wants 2.0</source>
        <translation>Ein Chip, der Schlüssel aufbewahrt; Windows 11 will 2.0</translation>
    </message>
    <message>
        <source>trusted platform module swtpm security bitlocker</source>
        <translation>Trusted Platform Module swtpm Sicherheit BitLocker</translation>
    </message>
    <message>
        <source>ICH9 (Q35)</source>
        <translation>ICH9 (Q35)</translation>
    </message>
    <message>
        <source>PIIX3 (i440FX)</source>
        <translation>PIIX3 (i440FX)</translation>
    </message>
    <message>
        <source>&amp;Chipset:</source>
        <translation>&amp;Chipsatz:</translation>
    </message>
    <message>
        <source>PIIX3 is for systems from before 2010</source>
        <translation>PIIX3 ist für Systeme von vor 2010</translation>
    </message>
    <message>
        <source>board motherboard pci pcie</source>
        <translation>Board Hauptplatine pci pcie</translation>
    </message>
    <message>
        <source>USB tablet</source>
        <translation>USB-Tablett</translation>
    </message>
    <message>
        <source>USB mouse</source>
        <translation>USB-Maus</translation>
    </message>
    <message>
        <source>PS/2 mouse</source>
        <translation>PS/2-Maus</translation>
    </message>
    <message>
        <source>Po&amp;inting device:</source>
        <translation>Ze&amp;igegerät:</translation>
    </message>
    <message>
        <source>With a tablet the guest&apos;s pointer follows yours and need not be captured</source>
        <translation>Mit einem Tablett folgt der Zeiger des Gastes Ihrem und muss nicht eingefangen werden</translation>
    </message>
    <message>
        <source>mouse hid</source>
        <translation>Maus hid</translation>
    </message>
    <message>
        <source>Windows expects local time, other systems UTC</source>
        <translation>Windows erwartet Ortszeit, andere Systeme UTC</translation>
    </message>
    <message>
        <source>rtc time hardware</source>
        <translation>rtc Uhrzeit Hardware</translation>
    </message>
    <message>
        <source>The guest may run machines of its own</source>
        <translation>Der Gast darf eigene Maschinen ausführen</translation>
    </message>
    <message>
        <source>vmx svm vt-x amd-v nested</source>
        <translation>vmx svm vt-x amd-v verschachtelt</translation>
    </message>
    <message>
        <source>Chosen automatically</source>
        <translation>Automatisch gewählt</translation>
    </message>
    <message>
        <source>QEMU</source>
        <translation>QEMU</translation>
    </message>
    <message>
        <source>Built in</source>
        <translation>Eingebaut</translation>
    </message>
    <message>
        <source>&amp;Engine:</source>
        <translation>&amp;Engine:</translation>
    </message>
    <message>
        <source>The program that runs the guest</source>
        <translation>Das Programm, das den Gast ausführt</translation>
    </message>
    <message>
        <source>kvm qemu driver</source>
        <translation>kvm qemu Treiber</translation>
    </message>
    <message>
        <source>That leaves this computer too little: it has %1.</source>
        <translation>Das lässt diesem Computer zu wenig: er hat %1.</translation>
    </message>
    <message>
        <source>This computer has %1, of which %2 are free now.</source>
        <translation>Dieser Computer hat %1, davon sind jetzt %2 frei.</translation>
    </message>
    <message>
        <source>PS/2 keyboard</source>
        <translation>PS/2-Tastatur</translation>
    </message>
    <message>
        <source>USB keyboard</source>
        <translation>USB-Tastatur</translation>
    </message>
    <message>
        <source>&amp;Keyboard:</source>
        <translation>Tast&amp;atur:</translation>
    </message>
    <message>
        <source>Most systems know both; a few have a driver for USB only</source>
        <translation>Die meisten Systeme kennen beide; wenige haben nur für USB einen Treiber</translation>
    </message>
    <message>
        <source>keys ps2 usb hid</source>
        <translation>tasten ps2 usb hid tastatur</translation>
    </message>
</context>
<context>
    <name>ui::TerminalView</name>
    <message>
        <source>Serial terminal</source>
        <translation>Serielles Terminal</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Einfügen</translation>
    </message>
    <message>
        <source>Select &amp;All</source>
        <translation>&amp;Alles auswählen</translation>
    </message>
</context>
<context>
    <name>ui::TrayIcon</name>
    <message>
        <source>Vitrine</source>
        <translation>Vitrine</translation>
    </message>
    <message numerus="yes">
        <source>Vitrine: %n machine(s) running</source>
        <translation>
            <numerusform>Vitrine: %n Maschine läuft</numerusform>
            <numerusform>Vitrine: %n Maschinen laufen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TrayMenu</name>
    <message>
        <source>&amp;Open Vitrine</source>
        <translation>Vitrine &amp;öffnen</translation>
    </message>
    <message>
        <source>No machine is running</source>
        <translation>Keine Maschine läuft</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close the manager and its icon; running machines go on</source>
        <translation>Schließt die Verwaltung und ihr Symbol; laufende Maschinen laufen weiter</translation>
    </message>
    <message>
        <source>S&amp;how</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be paused</source>
        <translation>„%1“ konnte nicht angehalten werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be resumed</source>
        <translation>„%1“ konnte nicht fortgesetzt werden</translation>
    </message>
    <message>
        <source>ACPI Sh&amp;utdown</source>
        <translation>Her&amp;unterfahren (ACPI)</translation>
    </message>
    <message>
        <source>The shutdown signal could not be sent to &quot;%1&quot;</source>
        <translation>Das Signal zum Herunterfahren konnte nicht an „%1“ gesendet werden</translation>
    </message>
    <message>
        <source>&amp;USB</source>
        <translation>&amp;USB</translation>
    </message>
    <message>
        <source>No USB devices are plugged in</source>
        <translation>Keine USB-Geräte angesteckt</translation>
    </message>
    <message>
        <source>USB &amp;Devices…</source>
        <translation>USB-&amp;Geräte …</translation>
    </message>
    <message>
        <source>This Computer</source>
        <translation>Dieser Computer</translation>
    </message>
</context>
<context>
    <name>ui::TypeDialog</name>
    <message>
        <source>&amp;Leave these characters out</source>
        <translation>Diese Zeichen &amp;weglassen</translation>
    </message>
    <message>
        <source>Type Clipboard</source>
        <translation>Zwischenablage tippen</translation>
    </message>
    <message>
        <source>%1 in %2 will be typed into the guest, key by key, where its cursor is.</source>
        <translation>%1 in %2 werden Taste für Taste dort in den Gast getippt, wo seine Einfügemarke ist.</translation>
    </message>
    <message numerus="yes">
        <source>%n character(s)</source>
        <translation>
            <numerusform>%n Zeichen</numerusform>
            <numerusform>%n Zeichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>How the text begins</source>
        <translation>Wie der Text beginnt</translation>
    </message>
    <message>
        <source>Each line end presses Enter: a command line runs each line at once.</source>
        <translation>Jedes Zeilenende drückt die Eingabetaste: eine Befehlszeile führt jede Zeile sofort aus.</translation>
    </message>
    <message>
        <source>This is much text. A shared folder or a disc moves it faster.</source>
        <translation>Das ist viel Text. Ein gemeinsamer Ordner oder ein Datenträger befördert ihn schneller.</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Slow, for boot menus and firmware</source>
        <translation>Langsam, für Startmenüs und Firmware</translation>
    </message>
    <message>
        <source>Usual</source>
        <translation>Üblich</translation>
    </message>
    <message>
        <source>Fast, for a guest that keeps up</source>
        <translation>Schnell, für einen Gast, der mitkommt</translation>
    </message>
    <message>
        <source>The guest&apos;s &amp;keyboard layout:</source>
        <translation>Die &amp;Tastaturbelegung des Gastes:</translation>
    </message>
    <message>
        <source>&amp;Speed:</source>
        <translation>&amp;Geschwindigkeit:</translation>
    </message>
    <message>
        <source>Caps Lock should be off in the guest.</source>
        <translation>Die Feststelltaste sollte im Gast aus sein.</translation>
    </message>
    <message>
        <source>&amp;Type</source>
        <translation>&amp;Tippen</translation>
    </message>
    <message>
        <source>⚠ This layout cannot type %1.</source>
        <translation>⚠ Diese Belegung kann %1 nicht tippen.</translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n second(s).</source>
        <translation>
            <numerusform>Es dauert etwa %n Sekunde.</numerusform>
            <numerusform>Es dauert etwa %n Sekunden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It takes about %n minute(s).</source>
        <translation>
            <numerusform>Es dauert etwa %n Minute.</numerusform>
            <numerusform>Es dauert etwa %n Minuten.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::UsbDeviceList</name>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
</context>
<context>
    <name>ui::UsbFilters</name>
    <message>
        <source>USB filters</source>
        <translation>USB-Filter</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Adds a filter for a device that is plugged in, or an empty one</source>
        <translation>Fügt einen Filter für ein angestecktes Gerät hinzu, oder einen leeren</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Removes the chosen filter</source>
        <translation>Entfernt den gewählten Filter</translation>
    </message>
    <message>
        <source>anything</source>
        <translation>beliebig</translation>
    </message>
    <message>
        <source>Na&amp;me:</source>
        <translation>Na&amp;me:</translation>
    </message>
    <message>
        <source>&amp;Vendor ID:</source>
        <translation>&amp;Hersteller-ID:</translation>
    </message>
    <message>
        <source>anything, or 046d</source>
        <translation>beliebig, oder 046d</translation>
    </message>
    <message>
        <source>&amp;Product ID:</source>
        <translation>&amp;Produkt-ID:</translation>
    </message>
    <message>
        <source>anything, or c077</source>
        <translation>beliebig, oder c077</translation>
    </message>
    <message>
        <source>&amp;Revision:</source>
        <translation>&amp;Revision:</translation>
    </message>
    <message>
        <source>anything, or 0100</source>
        <translation>beliebig, oder 0100</translation>
    </message>
    <message>
        <source>Man&amp;ufacturer:</source>
        <translation>H&amp;ersteller:</translation>
    </message>
    <message>
        <source>Pro&amp;duct:</source>
        <translation>Pro&amp;dukt:</translation>
    </message>
    <message>
        <source>Serial &amp;number:</source>
        <translation>Serien&amp;nummer:</translation>
    </message>
    <message>
        <source>P&amp;ort:</source>
        <translation>P&amp;ort:</translation>
    </message>
    <message>
        <source>anything, or 1-2.3</source>
        <translation>beliebig, oder 1-2.3</translation>
    </message>
    <message>
        <source>&amp;Empty Filter</source>
        <translation>&amp;Leerer Filter</translation>
    </message>
    <message>
        <source>New filter %1</source>
        <translation>Neuer Filter %1</translation>
    </message>
    <message>
        <source>No device goes to the guest by itself. Add a filter for one that should.</source>
        <translation>Kein Gerät geht von selbst an den Gast. Fügen Sie einen Filter für eines hinzu, das es soll.</translation>
    </message>
</context>
<context>
    <name>ui::UsbMenu</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>%1: in &quot;%2&quot;</source>
        <translation>%1: in „%2“</translation>
    </message>
    <message>
        <source>%1: in use here</source>
        <translation>%1: hier in Gebrauch</translation>
    </message>
    <message>
        <source>%1: no permission</source>
        <translation>%1: keine Berechtigung</translation>
    </message>
    <message>
        <source>This computer uses it: %1</source>
        <translation>Dieser Computer benutzt es: %1</translation>
    </message>
    <message>
        <source>&amp;USB</source>
        <translation>&amp;USB</translation>
    </message>
    <message>
        <source>No USB devices are plugged in</source>
        <translation>Keine USB-Geräte angesteckt</translation>
    </message>
    <message>
        <source>Looking for USB devices…</source>
        <translation>USB-Geräte werden gesucht…</translation>
    </message>
    <message>
        <source>&amp;Insert Files as a USB Stick…</source>
        <translation>Dateien als USB-Stick &amp;einlegen…</translation>
    </message>
    <message>
        <source>&amp;Eject the Stick of Files</source>
        <translation>Stick mit den Dateien &amp;auswerfen</translation>
    </message>
    <message>
        <source>No files are inserted.</source>
        <translation>Es sind keine Dateien eingelegt.</translation>
    </message>
    <message>
        <source>The device is on its way.</source>
        <translation>Das Gerät ist unterwegs.</translation>
    </message>
    <message>
        <source>USB &amp;Devices…</source>
        <translation>USB-&amp;Geräte …</translation>
    </message>
    <message>
        <source>This computer&apos;s devices and the guest&apos;s side by side</source>
        <translation>Die Geräte dieses Computers und die des Gastes nebeneinander</translation>
    </message>
</context>
<context>
    <name>ui::UsbMover</name>
    <message>
        <source>Take &quot;%1&quot; away from &quot;%2&quot;?</source>
        <translation>„%1“ aus „%2“ wegnehmen?</translation>
    </message>
    <message>
        <source>The guest there loses it at once. What it has not written to the device yet may be lost.</source>
        <translation>Der Gast dort verliert es sofort. Was er noch nicht auf das Gerät geschrieben hat, kann verloren gehen.</translation>
    </message>
    <message>
        <source>&amp;Take It</source>
        <translation>&amp;Wegnehmen</translation>
    </message>
    <message>
        <source>Give &quot;%1&quot; to the guest?</source>
        <translation>„%1“ dem Gast geben?</translation>
    </message>
    <message>
        <source>It is a keyboard or pointer. If it is the only one, you cannot work with this computer until the machine is off or the device is unplugged and plugged in again.</source>
        <translation>Das ist eine Tastatur oder ein Zeigegerät. Ist es das einzige, können Sie mit diesem Computer nicht arbeiten, bis die Maschine aus ist oder das Gerät ab- und wieder angesteckt wurde.</translation>
    </message>
    <message>
        <source>&amp;Give It</source>
        <translation>&amp;Geben</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is this computer&apos;s again</source>
        <translation>„%1“ gehört wieder diesem Computer</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is the guest&apos;s now</source>
        <translation>„%1“ gehört jetzt dem Gast</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be given to the guest</source>
        <translation>„%1“ konnte dem Gast nicht gegeben werden</translation>
    </message>
    <message>
        <source>&quot;%1&quot; could not be taken back</source>
        <translation>„%1“ konnte nicht zurückgeholt werden</translation>
    </message>
</context>
<context>
    <name>ui::UsbPage</name>
    <message>
        <source>USB</source>
        <translation>USB</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>USB 1.1 (UHCI)</source>
        <translation>USB 1.1 (UHCI)</translation>
    </message>
    <message>
        <source>USB 2.0 (EHCI and UHCI)</source>
        <translation>USB 2.0 (EHCI und UHCI)</translation>
    </message>
    <message>
        <source>USB 3.0 (xHCI)</source>
        <translation>USB 3.0 (xHCI)</translation>
    </message>
    <message>
        <source>&amp;Controller:</source>
        <translation>&amp;Controller:</translation>
    </message>
    <message>
        <source>xHCI serves all devices; systems from before 2012 may lack its driver</source>
        <translation>xHCI bedient alle Geräte; Systemen von vor 2012 fehlt vielleicht der Treiber</translation>
    </message>
    <message>
        <source>usb uhci ohci ehci xhci port</source>
        <translation>usb uhci ohci ehci xhci Anschluss</translation>
    </message>
    <message>
        <source>A USB tablet or mouse (System) and USB disks (Storage) need one.</source>
        <translation>Ein USB-Tablett, eine USB-Maus (System) und USB-Platten (Massenspeicher) brauchen einen.</translation>
    </message>
    <message>
        <source>&amp;Filters:</source>
        <translation>&amp;Filter:</translation>
    </message>
    <message>
        <source>Devices that fit go to the guest when it starts and when they are plugged in</source>
        <translation>Passende Geräte bekommt der Gast, wenn er startet und wenn sie angesteckt werden</translation>
    </message>
    <message>
        <source>usb filter device always vendor product serial passthrough</source>
        <translation>usb filter gerät immer hersteller produkt seriennummer durchreichen</translation>
    </message>
</context>
<context>
    <name>ui::UsbText</name>
    <message>
        <source>Port %1, %2:%3</source>
        <translation>Anschluss %1, %2:%3</translation>
    </message>
    <message>
        <source>Serial number %1</source>
        <translation>Seriennummer %1</translation>
    </message>
    <message>
        <source>In &quot;%1&quot;</source>
        <translation>In „%1“</translation>
    </message>
    <message>
        <source>Mounted on %1</source>
        <translation>Eingehängt in %1</translation>
    </message>
    <message>
        <source>No permission</source>
        <translation>Keine Berechtigung</translation>
    </message>
    <message>
        <source>Keyboard or pointer</source>
        <translation>Tastatur oder Zeigegerät</translation>
    </message>
    <message>
        <source>Not in use</source>
        <translation>Nicht benutzt</translation>
    </message>
    <message>
        <source>Driver %1</source>
        <translation>Treiber %1</translation>
    </message>
    <message>
        <source>You do not have permission to use it, although the udev rule %1 is there:
unplug it and plug it in again</source>
        <translation>Sie haben nicht das Recht, es zu benutzen, obwohl die udev-Regel %1 da ist:
Ziehen Sie es ab und stecken Sie es wieder an</translation>
    </message>
    <message>
        <source>You do not have permission to use it: the udev rule %1 is missing.
Choose the device to see how to install it</source>
        <translation>Sie haben nicht das Recht, es zu benutzen: Die udev-Regel %1 fehlt.
Wählen Sie das Gerät, um zu sehen, wie sie installiert wird</translation>
    </message>
</context>
<context>
    <name>ui::UsbWindow</name>
    <message>
        <source>&amp;Give to Guest</source>
        <translation>Dem &amp;Gast geben</translation>
    </message>
    <message>
        <source>&amp;Take Back</source>
        <translation>&amp;Zurückholen</translation>
    </message>
    <message>
        <source>USB Devices</source>
        <translation>USB-Geräte</translation>
    </message>
    <message>
        <source>This &amp;computer:</source>
        <translation>Dieser &amp;Computer:</translation>
    </message>
    <message>
        <source>USB devices of this computer</source>
        <translation>USB-Geräte dieses Computers</translation>
    </message>
    <message>
        <source>No USB devices are plugged in.</source>
        <translation>Es sind keine USB-Geräte angesteckt.</translation>
    </message>
    <message>
        <source>G&amp;uest:</source>
        <translation>Ga&amp;st:</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>Gast</translation>
    </message>
    <message>
        <source>USB devices of the guest</source>
        <translation>USB-Geräte des Gastes</translation>
    </message>
    <message>
        <source>About the chosen device</source>
        <translation>Über das gewählte Gerät</translation>
    </message>
    <message>
        <source>No machine is running. Start one to give it a device.</source>
        <translation>Keine Maschine läuft. Starten Sie eine, um ihr ein Gerät zu geben.</translation>
    </message>
    <message>
        <source>No machine that runs can be given a USB device: %1</source>
        <translation>Keiner laufenden Maschine kann ein USB-Gerät gegeben werden: %1</translation>
    </message>
    <message>
        <source>The guest has none of this computer&apos;s devices. Choose one at the left and give it.</source>
        <translation>Der Gast hat keines der Geräte dieses Computers. Wählen Sie links eines und geben Sie es ihm.</translation>
    </message>
    <message>
        <source>Choose a device to see more about it.</source>
        <translation>Wählen Sie ein Gerät, um mehr darüber zu sehen.</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; has it.</source>
        <translation>Die Maschine „%1“ hat es.</translation>
    </message>
    <message>
        <source>&amp;Always give this device to &quot;%1&quot;</source>
        <translation>Dieses Gerät &amp;immer an „%1“ geben</translation>
    </message>
    <message>
        <source>&amp;Always give this device to the guest</source>
        <translation>Dieses Gerät &amp;immer dem Gast geben</translation>
    </message>
    <message>
        <source>The device goes to this machine when it starts and whenever it is plugged in. The machine&apos;s settings list it under USB.</source>
        <translation>Das Gerät geht an diese Maschine, wenn sie startet und wann immer es angesteckt wird. Die Einstellungen der Maschine führen es unter USB auf.</translation>
    </message>
    <message>
        <source>The filter &quot;%1&quot; in the machine&apos;s settings says so.</source>
        <translation>Der Filter „%1“ in den Einstellungen der Maschine bestimmt es.</translation>
    </message>
    <message>
        <source>The machine &quot;%1&quot; could not remember that</source>
        <translation>Die Maschine „%1“ konnte sich das nicht merken</translation>
    </message>
    <message>
        <source>&quot;%1&quot; goes to &quot;%2&quot; from now on</source>
        <translation>„%1“ geht von jetzt an zu „%2“</translation>
    </message>
    <message>
        <source>&quot;%1&quot; no longer goes to &quot;%2&quot; by itself</source>
        <translation>„%1“ geht nicht mehr von selbst zu „%2“</translation>
    </message>
</context>
<context>
    <name>ui::ZoomMenu</name>
    <message>
        <source>&amp;Zoom</source>
        <translation>&amp;Zoom</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Each of the guest&apos;s pixels covers %1 × %1 of your screen&apos;s</source>
        <translation>Jedes Pixel des Gastes bedeckt %1 × %1 Ihres Bildschirms</translation>
    </message>
    <message>
        <source>&amp;Fit Window</source>
        <translation>Ins Fenster &amp;einpassen</translation>
    </message>
    <message>
        <source>As large as the window has room for</source>
        <translation>So groß, wie im Fenster Platz ist</translation>
    </message>
    <message>
        <source>Fit Window in &amp;Whole Pixels</source>
        <translation>In &amp;ganzen Pixeln ins Fenster einpassen</translation>
    </message>
    <message>
        <source>As large as the window has room for with every pixel of the guest the same square of your screen&apos;s: never blurred</source>
        <translation>So groß, wie im Fenster Platz ist, wobei jedes Pixel des Gastes dasselbe Quadrat Ihres Bildschirms bedeckt: nie unscharf</translation>
    </message>
</context>
<context>
    <name>ui::groups</name>
    <message>
        <source>A group needs a name</source>
        <translation>Eine Gruppe braucht einen Namen</translation>
    </message>
    <message>
        <source>A group&apos;s name cannot contain a slash or a comma</source>
        <translation>Der Name einer Gruppe darf weder Schrägstrich noch Komma enthalten</translation>
    </message>
    <message>
        <source>A group&apos;s name cannot contain control characters</source>
        <translation>Der Name einer Gruppe darf keine Steuerzeichen enthalten</translation>
    </message>
</context>
<context>
    <name>ui::osName</name>
    <message>
        <source>Unknown system</source>
        <translation>Unbekanntes System</translation>
    </message>
</context>
<context>
    <name>wizards::DiskSection</name>
    <message>
        <source>Tr&amp;y only: the machine goes away at power-off</source>
        <translation>Nur &amp;ausprobieren: die Maschine verschwindet beim Ausschalten</translation>
    </message>
    <message>
        <source>Disks</source>
        <translation>Platten</translation>
    </message>
    <message>
        <source>A&amp;dd New</source>
        <translation>&amp;Neue hinzufügen</translation>
    </message>
    <message>
        <source>Add Existin&amp;g...</source>
        <translation>&amp;Vorhandene hinzufügen …</translation>
    </message>
    <message>
        <source>Remo&amp;ve</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>New disk</source>
        <translation>Neue Platte</translation>
    </message>
    <message>
        <source>Existing disk, used where it is</source>
        <translation>Vorhandene Platte, benutzt, wo sie ist</translation>
    </message>
    <message>
        <source>Copy of an existing disk</source>
        <translation>Kopie einer vorhandenen Platte</translation>
    </message>
    <message>
        <source>Size of the new disk in gigabytes</source>
        <translation>Größe der neuen Platte in Gigabyte</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Choose a Disk Image</source>
        <translation>Ein Datenträgerabbild wählen</translation>
    </message>
    <message>
        <source>Existing disk image</source>
        <translation>Vorhandenes Plattenabbild</translation>
    </message>
    <message>
        <source>qcow2 (grows, saved states)</source>
        <translation>qcow2 (wächst, gespeicherte Zustände)</translation>
    </message>
    <message>
        <source>raw (plain)</source>
        <translation>raw (schlicht)</translation>
    </message>
    <message>
        <source>VDI (VirtualBox)</source>
        <translation>VDI (VirtualBox)</translation>
    </message>
    <message>
        <source>VMDK (VMware)</source>
        <translation>VMDK (VMware)</translation>
    </message>
    <message>
        <source>VHD (Virtual PC)</source>
        <translation>VHD (Virtual PC)</translation>
    </message>
    <message>
        <source>VHDX (Hyper-V)</source>
        <translation>VHDX (Hyper-V)</translation>
    </message>
    <message>
        <source>Take all its space now, instead of growing</source>
        <translation>Den ganzen Platz sofort belegen, statt zu wachsen</translation>
    </message>
    <message>
        <source>Choose a Folder for the Disk</source>
        <translation>Einen Ordner für die Platte wählen</translation>
    </message>
    <message>
        <source>Folder of the disk</source>
        <translation>Ordner der Platte</translation>
    </message>
    <message>
        <source>The machine&apos;s folder</source>
        <translation>Der Ordner der Maschine</translation>
    </message>
    <message>
        <source>Give space back that the guest frees (discard)</source>
        <translation>Platz zurückgeben, den der Gast freigibt (Discard)</translation>
    </message>
    <message>
        <source>Tell the guest that it is a solid-state disk</source>
        <translation>Dem Gast sagen, dass es eine SSD ist</translation>
    </message>
    <message>
        <source>Disk:</source>
        <translation>Platte:</translation>
    </message>
    <message>
        <source>Si&amp;ze:</source>
        <translation>&amp;Größe:</translation>
    </message>
    <message>
        <source>Fi&amp;le:</source>
        <translation>&amp;Datei:</translation>
    </message>
    <message>
        <source>Format:</source>
        <translation>Format:</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Disk images (*.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;All files (*)</source>
        <translation>Datenträgerabbilder (*.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>no file yet</source>
        <translation>noch keine Datei</translation>
    </message>
    <message>
        <source>New disk, %1 GB, %2</source>
        <extracomment>A number of gigabytes, an image format</extracomment>
        <translation>Neue Platte, %1 GB, %2</translation>
    </message>
    <message>
        <source>%1, where it is</source>
        <translation>%1, wo sie ist</translation>
    </message>
    <message>
        <source>Copy of %1</source>
        <translation>Kopie von %1</translation>
    </message>
</context>
<context>
    <name>wizards::NewMachineWizard</name>
    <message>
        <source>&amp;Choose...</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>New Machine</source>
        <translation>Neue Maschine</translation>
    </message>
    <message>
        <source>ISO or disk image</source>
        <translation>ISO oder Datenträgerabbild</translation>
    </message>
    <message>
        <source>Drop an ISO or a disk image here, or choose one</source>
        <translation>Legen Sie eine ISO oder ein Datenträgerabbild hier ab, oder wählen Sie eines</translation>
    </message>
    <message>
        <source>&amp;Install from:</source>
        <translation>&amp;Installieren von:</translation>
    </message>
    <message>
        <source>Progress of making the machine</source>
        <translation>Fortschritt beim Anlegen der Maschine</translation>
    </message>
    <message>
        <source>Create and s&amp;tart</source>
        <translation>Anlegen und s&amp;tarten</translation>
    </message>
    <message>
        <source>Cre&amp;ate</source>
        <translation>&amp;Anlegen</translation>
    </message>
    <message>
        <source>Reading the list of systems...</source>
        <translation>Die Liste der Systeme wird gelesen …</translation>
    </message>
    <message>
        <source>Looking at it...</source>
        <translation>Es wird angesehen …</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>A disk image: the machine starts from it. Choose its system below.</source>
        <translation>Ein Datenträgerabbild: die Maschine startet davon. Wählen Sie unten sein System.</translation>
    </message>
    <message>
        <source>No medium: the machine is made empty. Choose an ISO to install from.</source>
        <translation>Kein Medium: die Maschine wird leer angelegt. Wählen Sie eine ISO, von der installiert wird.</translation>
    </message>
    <message>
        <source>64-bit</source>
        <translation>64 Bit</translation>
    </message>
    <message>
        <source>32-bit</source>
        <translation>32 Bit</translation>
    </message>
    <message>
        <source>%1: not a system that we know. Choose the nearest below.</source>
        <translation>%1: kein System, das wir kennen. Wählen Sie unten das ähnlichste.</translation>
    </message>
    <message>
        <source>This ISO does not seem to be bootable: nothing will start from it. Choose another one, or go on anyway.</source>
        <translation>Diese ISO scheint nicht startfähig zu sein: nichts wird von ihr starten. Wählen Sie eine andere, oder machen Sie trotzdem weiter.</translation>
    </message>
    <message>
        <source>%1, detected</source>
        <translation>%1, erkannt</translation>
    </message>
    <message>
        <source>%1, %2, detected</source>
        <translation>%1, %2, erkannt</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
    <message>
        <source>Choose an ISO or a Disk Image</source>
        <translation>Eine ISO oder ein Datenträgerabbild wählen</translation>
    </message>
    <message>
        <source>Optical and disk images (*.iso *.ISO *.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;All files (*)</source>
        <translation>Optische und Plattenabbilder (*.iso *.ISO *.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Looking at it</source>
        <translation>Es wird angesehen</translation>
    </message>
    <message>
        <source>%1: this system gets no updates any more</source>
        <translation>%1: dieses System bekommt keine Aktualisierungen mehr</translation>
    </message>
    <message>
        <source>Other or unknown</source>
        <translation>Anderes oder unbekanntes</translation>
    </message>
    <message>
        <source>The machine was not made, and nothing is left of it: %1</source>
        <translation>Die Maschine wurde nicht angelegt, und nichts ist von ihr übrig: %1</translation>
    </message>
    <message>
        <source>Name and system</source>
        <translation>Name und System</translation>
    </message>
    <message>
        <source>Hardware</source>
        <translation>Hardware</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Step %1 of %2: %3</source>
        <extracomment>The first two are numbers, the third is what the step is about</extracomment>
        <translation>Schritt %1 von %2: %3</translation>
    </message>
    <message>
        <source>Medium, name and system</source>
        <translation>Medium, Name und System</translation>
    </message>
    <message>
        <source>Disks</source>
        <translation>Platten</translation>
    </message>
    <message>
        <source>Start from the network first (PXE)</source>
        <translation>Zuerst aus dem Netzwerk starten (PXE)</translation>
    </message>
    <message>
        <source>&amp;Expert Mode</source>
        <translation>&amp;Expertenmodus</translation>
    </message>
    <message>
        <source>&lt; Bac&amp;k</source>
        <translation>&lt; &amp;Zurück</translation>
    </message>
    <message>
        <source>Ne&amp;xt &gt;</source>
        <translation>&amp;Weiter &gt;</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>wizards::PlanForm</name>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Betriebssystem</translation>
    </message>
    <message>
        <source>Type to search</source>
        <translation>Tippen, um zu suchen</translation>
    </message>
    <message>
        <source>Operating &amp;system:</source>
        <translation>Betriebs&amp;system:</translation>
    </message>
    <message>
        <source>&amp;Memory:</source>
        <translation>&amp;Speicher:</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>BIOS</source>
        <translation>BIOS</translation>
    </message>
    <message>
        <source>UEFI</source>
        <translation>UEFI</translation>
    </message>
    <message>
        <source>&amp;Firmware:</source>
        <translation>&amp;Firmware:</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Memory in megabytes</source>
        <translation>Speicher in Megabyte</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>Prozessoren</translation>
    </message>
    <message>
        <source>Number of processors</source>
        <translation>Anzahl der Prozessoren</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <extracomment>In front of what is wrong with a field</extracomment>
        <translation>⚠ %1</translation>
    </message>
    <message>
        <source>Other or unknown</source>
        <translation>Anderes oder unbekanntes</translation>
    </message>
    <message>
        <source>This computer has one processor.</source>
        <translation>Dieser Computer hat einen Prozessor.</translation>
    </message>
    <message>
        <source>This computer has %1 processors.</source>
        <translation>Dieser Computer hat %1 Prozessoren.</translation>
    </message>
    <message>
        <source>Folder for the machine</source>
        <translation>Ordner für die Maschine</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose the folder for the machine</source>
        <translation>Den Ordner für die Maschine wählen</translation>
    </message>
    <message>
        <source>&amp;Where:</source>
        <translation>&amp;Wo:</translation>
    </message>
    <message>
        <source>P&amp;rocessors:</source>
        <translation>P&amp;rozessoren:</translation>
    </message>
    <message>
        <source>Secure &amp;Boot, with Microsoft&apos;s keys</source>
        <translation>Secure &amp;Boot, mit den Schlüsseln von Microsoft</translation>
    </message>
    <message>
        <source>TPM</source>
        <translation>TPM</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>TPM 2.0</source>
        <translation>TPM 2.0</translation>
    </message>
    <message>
        <source>TPM 1.2</source>
        <translation>TPM 1.2</translation>
    </message>
    <message>
        <source>T&amp;PM:</source>
        <translation>T&amp;PM:</translation>
    </message>
    <message>
        <source>Secure Boot needs UEFI</source>
        <translation>Secure Boot braucht UEFI</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>NAT: the machine uses this computer&apos;s network</source>
        <translation>NAT: die Maschine benutzt das Netzwerk dieses Computers</translation>
    </message>
    <message>
        <source>Not attached: a card without a network</source>
        <translation>Nicht angeschlossen: eine Karte ohne Netzwerk</translation>
    </message>
    <message>
        <source>No network card</source>
        <translation>Keine Netzwerkkarte</translation>
    </message>
    <message>
        <source>Netw&amp;ork:</source>
        <translation>Netz&amp;werk:</translation>
    </message>
    <message>
        <source>This computer has %1.</source>
        <translation>Dieser Computer hat %1.</translation>
    </message>
    <message>
        <source>Choose a Folder for the Machine</source>
        <translation>Einen Ordner für die Maschine wählen</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
</context>
<context>
    <name>wizards::ReportDialog</name>
    <message>
        <source>Include a &amp;picture of the machine&apos;s screen</source>
        <translation>Ein &amp;Bild vom Bildschirm der Maschine beilegen</translation>
    </message>
    <message>
        <source>Report about &quot;%1&quot;</source>
        <translation>Bericht über „%1“</translation>
    </message>
    <message>
        <source>This is what the report will hold. Your name, your home folder and the computer&apos;s name are taken out. Look through it before you give it to anybody.</source>
        <translation>Das wird der Bericht enthalten. Ihr Name, Ihr persönlicher Ordner und der Name des Computers sind herausgenommen. Sehen Sie ihn durch, bevor Sie ihn jemandem geben.</translation>
    </message>
    <message>
        <source>Parts of the report</source>
        <translation>Teile des Berichts</translation>
    </message>
    <message>
        <source>Contents of the part</source>
        <translation>Inhalt des Teils</translation>
    </message>
    <message>
        <source>The report is being gathered...</source>
        <translation>Der Bericht wird zusammengestellt …</translation>
    </message>
    <message>
        <source>Picture of the machine&apos;s screen</source>
        <translation>Bild vom Bildschirm der Maschine</translation>
    </message>
    <message>
        <source>&amp;Save as:</source>
        <translation>&amp;Speichern als:</translation>
    </message>
    <message>
        <source>&amp;Browse...</source>
        <translation>&amp;Durchsuchen …</translation>
    </message>
    <message>
        <source>Browse for the report&apos;s file</source>
        <translation>Die Datei des Berichts suchen</translation>
    </message>
    <message>
        <source>Save &amp;Report</source>
        <translation>&amp;Bericht speichern</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Save the Report</source>
        <translation>Den Bericht speichern</translation>
    </message>
    <message>
        <source>Archives (*.tar.gz *.zip)</source>
        <translation>Archive (*.tar.gz *.zip)</translation>
    </message>
    <message>
        <source>The report could not be saved</source>
        <translation>Der Bericht konnte nicht gespeichert werden</translation>
    </message>
</context>
<context>
    <name>wizards::SentenceList</name>
    <message>
        <source>✓ %1.</source>
        <extracomment>In front of something that is all right</extracomment>
        <translation>✓ %1.</translation>
    </message>
    <message>
        <source>⚠ %1.</source>
        <extracomment>In front of a warning</extracomment>
        <translation>⚠ %1.</translation>
    </message>
    <message>
        <source>✖ %1.</source>
        <extracomment>In front of what makes something impossible</extracomment>
        <translation>✖ %1.</translation>
    </message>
</context>
</TS>
