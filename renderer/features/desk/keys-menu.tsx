import { Keyboard, ListChecks } from 'lucide-react';
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components';
import type { KeyChord, ScaleMode } from '#renderer/screen/api.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import '../../components/menu.css';

const chords = [
  'ctrl-alt-del',
  'win',
  'alt-tab',
  'hankaku-zenkaku',
  'print-screen',
] as const satisfies readonly KeyChord[];
const scales = ['fit', 'actual'] as const satisfies readonly ScaleMode[];

export type KeysMenuProps = Readonly<{
  scale: ScaleMode;
  onScale: (mode: ScaleMode) => void;
  onChord: (chord: KeyChord) => void;
  onRules: () => void;
  onOpenChange: (open: boolean) => void;
}>;

/** Keys this laptop would keep for itself, and the size of the picture. */
export function KeysMenu({ scale, onScale, onChord, onRules, onOpenChange }: KeysMenuProps) {
  const { text } = useText();
  return (
    <MenuTrigger onOpenChange={onOpenChange}>
      <Button kind="bar" icon={<Keyboard size={20} aria-hidden="true" />} aria-label={text('bar.keys')}>
        {text('bar.keys')}
      </Button>
      <Popover className="menu-popover" placement="bottom end" offset={4}>
        <Menu className="menu" aria-label={text('bar.keys')}>
          <MenuSection className="menu__section">
            <Header className="menu__heading">{text('keys.send')}</Header>
            {chords.map((chord) => (
              <MenuItem
                key={chord}
                id={chord}
                className="menu__item"
                textValue={text(`keys.${chord}`)}
                onAction={() => onChord(chord)}
              >
                <span className="menu__name">{text(`keys.${chord}`)}</span>
                <span className="menu__use">{text(`keyUse.${chord}`)}</span>
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection
            className="menu__section"
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[scale]}
            onSelectionChange={(keys) => {
              const mode = scales.find((name) => keys !== 'all' && keys.has(name));
              if (mode !== undefined) onScale(mode);
            }}
          >
            <Header className="menu__heading">{text('keys.view')}</Header>
            {scales.map((mode) => (
              <MenuItem key={mode} id={mode} className="menu__item" textValue={text(`view.${mode}`)}>
                <span className="menu__check" aria-hidden="true" />
                <span>{text(`view.${mode}`)}</span>
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection className="menu__section">
            <Header className="menu__heading">{text('keys.laptop')}</Header>
            <MenuItem className="menu__item" textValue={text('rules.open')} onAction={onRules}>
              <ListChecks size={20} aria-hidden="true" />
              <span>{text('rules.open')}</span>
            </MenuItem>
          </MenuSection>
        </Menu>
        <div className="menu__note">
          <p>{text('keys.leave')}</p>
          <p>{text('keys.hide')}</p>
        </div>
      </Popover>
    </MenuTrigger>
  );
}
