import { Languages, Laptop, ListChecks, SunMoon } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { DeviceStatus, Preferences } from '#contract/ipc/state.ts';
import { useText } from '../app/text.ts';
import { Button } from './button.tsx';
import './footer.css';
import './menu.css';

const themes = ['system', 'light', 'dark'] as const satisfies readonly Preferences['theme'][];

export type FooterProps = Readonly<{
  device: DeviceStatus;
  version: string;
  preferences: Preferences;
  onPreferences: (next: Preferences) => void;
  /** Opens the page of this laptop; null where there is no way to it. */
  onLaptop: (() => void) | null;
  /** Opens the rules on this laptop; null likewise. */
  onRules: (() => void) | null;
}>;

/** Whose laptop this is, and how the window looks and speaks. */
export function Footer({ device, version, preferences, onPreferences, onLaptop, onRules }: FooterProps) {
  const { text } = useText();
  const label = labelOf(device);
  const other = preferences.language === 'ja' ? 'en' : 'ja';
  return (
    <footer className="footer">
      <dl className="footer__facts">
        {label === null ? null : <Fact name={text('footer.device')} value={label} />}
        {device.state === 'open' ? <Fact name={text('footer.user')} value={device.user.name} /> : null}
        <Fact name={text('footer.version')} value={version} />
      </dl>
      <div className="footer__choices">
        {onLaptop === null ? null : (
          <Button kind="quiet" icon={<Laptop size={20} aria-hidden="true" />} onPress={onLaptop}>
            {text('laptop.open')}
          </Button>
        )}
        {onRules === null ? null : (
          <Button kind="quiet" icon={<ListChecks size={20} aria-hidden="true" />} onPress={onRules}>
            {text('rules.open')}
          </Button>
        )}
        <Button
          kind="quiet"
          icon={<Languages size={20} aria-hidden="true" />}
          onPress={() => onPreferences({ ...preferences, language: other })}
        >
          {/* The other language's own name, in that language, for who cannot read this one. */}
          <span lang={other}>{other === 'en' ? 'English' : '日本語'}</span>
        </Button>
        <MenuTrigger>
          <Button kind="quiet" icon={<SunMoon size={20} aria-hidden="true" />}>
            {text('footer.theme')}
          </Button>
          <Popover className="menu-popover" placement="top end">
            <Menu
              className="menu"
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[preferences.theme]}
              onSelectionChange={(keys) => {
                const theme = themes.find((name) => keys !== 'all' && keys.has(name));
                if (theme !== undefined) onPreferences({ ...preferences, theme });
              }}
            >
              {themes.map((theme) => (
                <MenuItem key={theme} id={theme} className="menu__item" textValue={text(`theme.${theme}`)}>
                  <span className="menu__check" aria-hidden="true" />
                  <span>{text(`theme.${theme}`)}</span>
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      </div>
    </footer>
  );
}

function Fact({ name, value }: Readonly<{ name: string; value: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What is written on the laptop, as far as it can be told. */
export function labelOf(device: DeviceStatus): string | null {
  if (device.state === 'open') return device.device.label;
  return device.state === 'locked' || device.state === 'pinLocked' ? device.label : null;
}
