#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every window as a screen reader meets it: each control has a name and a role that fits, and the Tab
key reaches each. And what types for people: the clipboard and the soft keyboard, on a real guest."""
import re

import case
import guests

# Roles a person acts on, as AT-SPI names them; what has one of these needs a name.
ACTIONABLE = {
    "push button", "button", "toggle button", "check box", "radio button", "combo box", "text",
    "entry", "spin button", "slider", "list", "tree", "table", "tree table", "menu", "menu item",
    "check menu item", "radio menu item", "page tab", "push button menu", "canvas", "link",
}
# A control with one of these is a mystery to a screen reader.
VAGUE = {"unknown", "invalid", "filler", "panel", "redundant object", ""}
# Parts of other controls, which speak for them; and lines between menu entries.
PARTS = {"scroll bar", "separator", "table column header", "column header", "table header"}


class Accessibility(case.DesktopCase):
    def top(self, title, pid):
        """A window's root widget."""
        import widgets
        return widgets.find(self.desktop, "frame|dialog|window|alert", title, 30, pid)

    def audit(self, top, least):
        """What is wrong below a window; `least` controls must have been looked at."""
        problems, seen = [], 0
        todo = [(top, "")]
        while todo:
            widget, path = todo.pop()
            role, name = widget.role, widget.name
            where = f"{path}/{role} \"{name}\""
            # Menus are there before they are opened; other things that are not shown are none.
            if role in PARTS or (not widget.is_showing and "menu" not in role):
                continue
            if role in ACTIONABLE:
                seen += 1
                if not name.strip():
                    problems.append(f"no name: {where}")
            elif role in VAGUE and widget.has("focusable") and widget.is_showing:
                problems.append(f"a control with no role: {where}")
            # The inside of a combo box or a spin box is theirs; rows are asked by their own test.
            if role not in ("combo box", "spin button", "list", "tree", "table", "tree table"):
                todo += [(child, where) for child in widget.children()]
        self.assertFalse(problems, "\n".join(problems))
        self.assertGreaterEqual(seen, least, f"only {seen} controls were found in {top}")

    def focused(self, top):
        """The control; the rows of a list are not meant."""
        found = [widget for widget in top.walk() if widget.has("focused") and widget.is_showing
                 and widget.role not in ("table cell", "list item", "tree item")]
        return found[-1] if found else None

    def walk_by_tab(self, top, most=60):
        """The controls that Tab comes by, by name, from where the focus is until it is there again."""
        from desktop import wait_until
        names = []
        for _ in range(most):
            self.desktop.keys("Tab")
            here = wait_until(lambda: self.focused(top), 5, "a control to have the focus")
            key = (here.role, here.name, here.rectangle)
            if key in names:
                break
            names.append(key)
        return names

    def test_manager_wizard_and_preferences(self):
        import widgets
        program, manager = self.product.manager()
        self.audit(self.top("Vitrine", program.pid), 30)
        self.desktop.activate(manager)
        self.desktop.keys("ctrl+n")
        wizard = self.desktop.wait_for_window("^New Machine", 60)
        self.audit(self.top("New Machine.*", program.pid), 10)
        self.desktop.activate(wizard)
        self.desktop.keys("Escape")
        self.desktop.wait_for_no_window("^New Machine")
        self.desktop.activate(manager)
        self.desktop.keys("ctrl+g")
        self.desktop.wait_for_window("^Preferences", 30)
        top = self.top("Preferences.*", program.pid)
        pages = widgets.find(self.desktop, "list", "Pages", 15, program.pid)
        self.desktop.activate(self.desktop.find_window("^Preferences"))
        pages.click()
        self.desktop.keys("Home")
        for page in ("General", "Input", "Shortcuts", "Key Combinations", "Screens", "Network",
                     "System Data"):
            widgets.find(self.desktop, "label", page, 15, program.pid)
            self.audit(top, 6)
            self.desktop.screenshot(f"preferences-{page.lower().replace(' ', '-')}")
            reached = {(role, name) for role, name, _ in self.walk_by_tab(top)}
            for widget in top.walk():
                if widget.role not in ("push button", "check box", "combo box", "text", "list",
                                       "tree", "tree table", "table", "spin button"):
                    continue
                if widget.is_showing and widget.is_enabled and widget.has("focusable"):
                    self.assertIn((widget.role, widget.name), reached,
                                  f"Tab does not reach {widget} on the page {page}")
            pages.click()
            self.desktop.keys("Home")
            self.desktop.keys(*["Down"] * (1 + ["General", "Input", "Shortcuts",
                                                "Key Combinations", "Screens", "Network",
                                                "System Data"].index(page)))
        self.desktop.keys("Escape")
        self.desktop.wait_for_no_window("^Preferences")

    def boot(self):
        name = self.product.create(guests.GRUB)
        window = self.product.start(name)
        window.wait_for(guests.GRUB)
        window.press("Down", "Up")  # ends the countdown
        return name, window

    def test_machine_window_menus_and_dialogs(self):
        import widgets
        name, window = self.boot()
        top = self.top(rf"{name} \[.*", window.pid)
        # Every menu entry is a child of its menu, opened or not.
        self.audit(top, 60)
        screen = window.screen
        self.assertEqual(screen.role, "canvas")
        self.assertEqual(screen.name, f"Screen of {name}")
        self.assertTrue(screen.has("focusable"))

        window.press("Control_R+q")
        self.desktop.wait_for_window(rf"^Close .{name}", 20)
        self.audit(self.top(rf"Close .{name}.*", window.pid), 5)
        self.desktop.keys("Escape")
        self.desktop.wait_for_no_window(rf"^Close .{name}")

        window.menu("Input", "Soft Keyboard")
        self.desktop.wait_for_window("^Soft Keyboard", 20)
        keyboard = self.top("Soft Keyboard.*", window.pid)
        self.audit(keyboard, 105)
        self.desktop.screenshot("soft-keyboard")
        # Its keys reach the guest, by a click and by an assistive technology, and it never takes
        # the focus: the machine's window stays the active one.
        active = self.desktop.tool("xdotool", "getactivewindow")
        before = window.look()
        self.desktop.click(*widgets.find(self.desktop, ".*", "Down", 15, window.pid,
                                         keyboard).middle)
        window.wait_for_change(before, 5000, "the soft keyboard's arrow should move the selection")
        before = window.look()
        up = widgets.find(self.desktop, ".*", "Up", 15, window.pid, keyboard).accessible
        action = up.get_action_iface()
        names = [action.get_action_name(index) for index in range(action.get_n_actions())]
        self.assertIn("Press", names)
        action.do_action(names.index("Press"))
        window.wait_for_change(before, 5000, "the press action should move it back")
        self.assertEqual(self.desktop.tool("xdotool", "getactivewindow"), active)
        # Without the focus no key closes it; the menu that brought it does.
        window.menu("Input", "Soft Keyboard")
        self.desktop.wait_for_no_window("^Soft Keyboard", 20)
        self.product.power_off(name)

    def test_the_clipboard_is_typed_into_the_guest(self):
        """A word with umlauts, which the US layout lacks: left out, the rest is a GRUB command."""
        from desktop import wait_until
        import widgets
        name, window = self.boot()
        before = window.look()
        window.press("c")
        window.wait_for_change(before, 5000, "GRUB's command line should come")

        # Any field of ours makes a clipboard.
        program, manager = self.product.manager()
        self.desktop.activate(manager)
        self.desktop.keys("ctrl+f")
        search = widgets.find(self.desktop, "text", "Search machines", 15, program.pid)
        word = "ha\u00fclt\u00df"

        def is_typed():
            # xdotool borrows a key for each umlaut, which a program may learn of too late.
            if search.text != word:
                self.desktop.keys("ctrl+a")
                self.desktop.type(word)
                return False
            return True
        wait_until(is_typed, 30, "the word to be typed", every=1)
        self.desktop.keys("ctrl+a", "ctrl+c")

        window.menu("Input", "Type Clipboard.*")
        self.desktop.wait_for_window("^Type Clipboard", 20)
        self.audit(self.top("Type Clipboard.*", window.pid), 5)
        self.desktop.screenshot("type-clipboard")
        kind = widgets.find(self.desktop, "push button|button", "Type", 15, window.pid)
        leave_out = widgets.find(self.desktop, "check box", "Leave these characters out", 15,
                                 window.pid)
        self.assertFalse(kind.is_enabled, "the US layout has no umlauts")
        leave_out.click()
        wait_until(lambda: kind.is_enabled, 10, "the text to be typable")
        before = window.look()
        kind.click()
        self.desktop.wait_for_no_window("^Type Clipboard")
        window.wait_for_change(before, 50, "four letters should be seen")
        window.press("Return")
        # GRUB's halt, spelled right, turns the machine off.
        self.product.wait_for_state(name, "poweroff", timeout=60)

    def test_the_command_line_types_on_the_guests_layout(self):
        name, window = self.boot()
        before = window.look()
        window.press("c")
        window.wait_for_change(before, 5000, "GRUB's command line should come")
        for wrong in (["--layout", "nowhere", "x"], ["--rate", "0", "x"], ["--layout"]):
            with self.assertRaises(AssertionError):
                self.product.ctl("controlvm", name, "keyboardputstring", *wrong)
        # What stands on a French keyboard where GRUB's US one has "halt" and Enter.
        self.product.ctl("controlvm", name, "keyboardputstring", "--layout", "fr", "--rate", "20",
                         "hqlt\n")
        self.product.wait_for_state(name, "poweroff", timeout=60)

    def test_german_speaks_german(self):
        self.desktop.environment["VITRINE_LANGUAGE"] = "de"
        self.addCleanup(self.desktop.environment.pop, "VITRINE_LANGUAGE")
        program, manager = self.product.manager()
        top = self.top("Vitrine", program.pid)
        names = {widget.name for widget in top.walk()}
        for word in ("Datei", "Maschine", "Hilfe"):
            self.assertIn(word, names)
        self.desktop.activate(manager)
        self.desktop.keys("ctrl+g")
        self.desktop.wait_for_window("^Einstellungen", 30)
        self.desktop.screenshot("einstellungen")
        self.assertTrue(re.search("Abbrechen", "\n".join(
            widget.name for widget in self.top("Einstellungen.*", program.pid).walk())))


if __name__ == "__main__":
    case.run(guests.GRUB.medium)
