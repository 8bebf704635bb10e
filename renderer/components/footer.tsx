import { Languages, SunMoon } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { DeviceStatus, Preferences } from '#contract/ipc/state.ts';
import { useText } from '../app/text.ts';
import { Button } from './button.tsx';
import './footer.css';
import './menu.css';

const themes = ['system', 'light', 'dark'] as const satisfies readonly Preferences['theme'][];

export type FooterProps = Readonly<{
  device: DeviceStatus | null;
  version: string;
  preferences: Preferences;
  onPreferences: (next: Preferences) => void;
}>;

/** Whose laptop this is, and how the window looks and speaks. */
export function Footer({ device, version, preferences, onPreferences }: FooterProps) {
  const { text } = useText();
  const other = preferences.language === 'ja' ? 'en' : 'ja';
  return (
    <footer className="footer">
      <dl className="footer__facts">
        {device?.enrolled ? (
          <>
            <div>
              <dt>{text('footer.device')}</dt>
              <dd>{device.device.label}</dd>
            </div>
            <div>
              <dt>{text('footer.user')}</dt>
              <dd>{device.user.name}</dd>
            </div>
          </>
        ) : null}
        <div>
          <dt>{text('footer.version')}</dt>
          <dd>{version}</dd>
        </div>
      </dl>
      <div className="footer__choices">
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
