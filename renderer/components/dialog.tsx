import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.tsx';
import './dialog.css';

export type DialogProps = Readonly<{
  title: string;
  /** `page`: as long as a page, it scrolls under its title. */
  size?: 'question' | 'page';
  /** The name of a button beside the title; a question has its buttons below. */
  close?: string;
  onCancel: () => void;
  children: ReactNode;
}>;

/** One question over whatever is there. Escape cancels; a press outside does not, or a half-typed answer would be lost. */
export function Dialog({ title, size = 'question', close, onCancel, children }: DialogProps) {
  return (
    <ModalOverlay
      className="dialog-ground"
      isOpen
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
    >
      <Modal className={`dialog dialog--${size}`}>
        <AriaDialog className="dialog__body">
          <div className="dialog__head">
            <Heading slot="title" className="dialog__title" level={2}>
              {title}
            </Heading>
            {close === undefined ? null : (
              <Button kind="quiet" icon={<X size={20} aria-hidden="true" />} onPress={onCancel}>
                {close}
              </Button>
            )}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
