/**
 * Chromium's switches that let a frame of the desk out as soon as it is drawn. Waiting for the display's own beat loses
 * about one frame in twelve of a desk that sends sixty, and costs the rest up to 17 ms; nothing of ours animates for long.
 */
export const presentationSwitches = ['disable-gpu-vsync', 'disable-frame-rate-limit'] as const;
