# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for vitrinectl.

_vitrinectl_machines() {
    # "name" {uuid} -> name, blanks protected
    local name
    while IFS= read -r name; do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
    done < <(vitrinectl list vms 2>/dev/null | sed -n 's/^"\(.*\)" {.*}$/\1/p')
}

_vitrinectl() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local verbs="quickstart list showvminfo createvm registervm unregistervm modifyvm modifynvram clonevm movevm
        autostart storagectl
        storageattach createmedium showmediuminfo closemedium startvm discardstate adoptstate controlvm debugvm network metrics report guesttools
        getextradata
        setextradata help"
    local verb= index options=
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; ++index)); do
        case ${COMP_WORDS[index]} in
            -*) ;;
            *) verb=${COMP_WORDS[index]}; break ;;
        esac
    done
    verbs+=" setproperty osdata usbfilter sharedfolder guestproperty guestcontrol"
    if [[ -z $verb ]]; then
        COMPREPLY=($(compgen -W "$verbs --version --help --json" -- "$cur"))
        return
    fi
    case $previous in
        --type)
            if [[ $verb == storageattach ]]; then
                COMPREPLY=($(compgen -W "hdd dvddrive fdd" -- "$cur"))
            else
                COMPREPLY=($(compgen -W "gui sdl headless separate" -- "$cur"))
            fi
            return ;;
        --firmware) COMPREPLY=($(compgen -W "bios efi" -- "$cur")); return ;;
        --nic[1-8]) COMPREPLY=($(compgen -W "none null nat intnet bridged" -- "$cur")); return ;;
        --nic-egress[1-8]) COMPREPLY=($(compgen -W "open no-lan off list:" -- "$cur")); return ;;
        --engine) COMPREPLY=($(compgen -W "auto kvm qemu" -- "$cur")); return ;;
        --vrde) COMPREPLY=($(compgen -W "on off" -- "$cur")); return ;;
        --vrde-address) COMPREPLY=($(compgen -W "127.0.0.1 0.0.0.0 ::1 :: unix" -- "$cur")); return ;;
        --vrde-port) COMPREPLY=($(compgen -W "default" -- "$cur")); return ;;
        --vrde-property) COMPREPLY=($(compgen -W "SPICEPassword= Security/Method=TLS" -- "$cur")); return ;;
        --chipset) COMPREPLY=($(compgen -W "piix3 ich9" -- "$cur")); return ;;
        --add) COMPREPLY=($(compgen -W "ide sata virtio pcie usb floppy" -- "$cur")); return ;;
        --format) COMPREPLY=($(compgen -W "QCOW2 VDI VMDK VHD VHDX RAW" -- "$cur")); return ;;
        --variant) COMPREPLY=($(compgen -W "Standard Fixed" -- "$cur")); return ;;
        --medium|--filename|--folder|--base-folder|--basefolder|--output|--packages)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$cur")); return ;;
    esac
    case $verb in
        quickstart) options="--name --folder --memory --cpus --disk-size --firmware --engine --no-disk
            --disposable --type --no-start --dry-run --json --os-type --nic --secure-boot --tpm-type
            --network-boot --add-disk --copy-disks --disk-format --disk-folder --disk-full
            --disk-discard --disk-ssd" ;;
        list) options="--long --sorted --json" ;;
        showvminfo) options="--machinereadable --details --json --log" ;;
        createvm) options="--name --os-type --base-folder --groups --register --default --uuid --json" ;;
        unregistervm) options="--delete" ;;
        modifyvm) options="--name --description --groups --os-type --engine --memory --vram --monitor-count --cpus
            --firmware --chipset --secure-boot --tpm-type --rtc-use-utc --graphicscontroller --boot1 --boot2 --boot3 --boot4
            --nic1 --nic-type1 --mac-address1 --cable-connected1 --nat-pf1 --nat-net1
            --intnet1 --bridge-adapter1 --nic-rate-limit1 --nic-egress1 --audio-enabled
            --audio-controller --mouse --usb --usb-ehci --usb-xhci
            --audio-in --audio-out --recording --recording-file --recording-video-res
            --recording-video-fps --recording-video-rate --recording-max-time --recording-max-size
            --recording-opts
            --nested-hw-virt --autostart-enabled --autostart-delay --uart1
            --uart-mode1 --vrde --vrde-address --vrde-port --vrde-property" ;;
        modifynvram) options="--enable --disable --name --filename --json" ;;
        clonevm) options="--name --basefolder --groups --uuid --options --register --json" ;;
        metrics) options="--period --samples --times --list --json" ;;
        report) options="--screen --json" ;;
        guesttools) options="--output --packages --offline --json" ;;
        movevm) options="--folder --json" ;;
        autostart) options="--delay --json" ;;
        storagectl) options="--name --add --controller --portcount --bootable --hostiocache --remove
            --rename" ;;
        storageattach) options="--storagectl --port --device --type --medium --nonrotational --discard --mtype
            --comment --forceunmount" ;;
        createmedium) options="--filename --size --size-byte --format --variant --json" ;;
        closemedium) options="--delete" ;;
        usbfilter) options="--target --name --active --vendorid --productid --revision --manufacturer
            --product --serialnumber --port --remote --device" ;;
        sharedfolder) options="--name --hostpath --readonly --automount --auto-mount-point --transient" ;;
        guestproperty) options="--verbose --flags --no-timestamp --no-flags --old-format --timeout
            --fail-on-timeout" ;;
        guestcontrol) options="--exe --cwd --putenv --timeout --username --recursive --no-replace
            --target-directory --parents --mode --directory --tmpdir" ;;
        startvm) options="--type --disposable --putenv" ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options --help" -- "$cur"))
        return
    fi
    case $verb in
        setproperty)
            if ((COMP_CWORD == index + 1)); then
                COMPREPLY=($(compgen -W "machinefolder language proxymode proxyurl" -- "$cur"))
            elif [[ $previous == proxymode ]]; then
                COMPREPLY=($(compgen -W "system noproxy manual" -- "$cur"))
            else
                compopt -o filenames 2>/dev/null
                COMPREPLY=($(compgen -f -- "$cur"))
            fi ;;
        osdata)
            if ((COMP_CWORD == index + 1)); then
                COMPREPLY=($(compgen -W "show update import undo" -- "$cur"))
            else
                compopt -o filenames 2>/dev/null
                COMPREPLY=($(compgen -f -- "$cur"))
            fi ;;
        help) COMPREPLY=($(compgen -W "$verbs" -- "$cur")) ;;
        list) COMPREPLY=($(compgen -W "vms runningvms groups ostypes hdds dvds floppies hostinfo
            systemproperties hddbackends bridgedifs intnets usbhost usbfilters" -- "$cur")) ;;
        quickstart|registervm|showmediuminfo|closemedium)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$cur")) ;;
        controlvm)
            if ((COMP_CWORD == index + 1)); then
                _vitrinectl_machines
            else
                COMPREPLY=($(compgen -W "pause resume reset poweroff savestate cancelsave acpipowerbutton
                    keyboardputscancode keyboardputstring keyboardputfile keyboardcancel setlinkstate1
                    nic1 natpf1 nicratelimit1 nicegress1
                    usbattach usbdetach usbstick clipboard draganddrop audioout audioin
                    guestmemoryballoon vrde vrdeport vrdeproperty recording
                    screenshotpng setvideomodehint" -- "$cur"))
            fi ;;
        debugvm)
            if ((COMP_CWORD == index + 1)); then
                _vitrinectl_machines
            else
                COMPREPLY=($(compgen -W "statistics --reset --pattern --descriptions --machinereadable" -- "$cur"))
            fi ;;
        network)
            if ((COMP_CWORD == index + 1)); then
                _vitrinectl_machines
            else
                COMPREPLY=($(compgen -W "connections" -- "$cur"))
            fi ;;
        metrics)
            if ((COMP_CWORD == index + 1)); then
                COMPREPLY=($(compgen -W "list query setup collect" -- "$cur"))
            else
                COMPREPLY=($(compgen -W "host" -- "$cur"))
                _vitrinectl_machines
            fi ;;
        autostart)
            if ((COMP_CWORD == index + 1)); then
                _vitrinectl_machines
            else
                COMPREPLY=($(compgen -W "on off" -- "$cur"))
            fi ;;
        *) _vitrinectl_machines ;;
    esac
}

complete -F _vitrinectl vitrinectl
