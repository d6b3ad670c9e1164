/** The look of the page: day, sunlight (contrast at least 7:1) or night (red-brown), kept on this device. */

export const themes = ['day', 'sunlight', 'night'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'kakehashi.theme';

function stored(): Theme {
  const value = localStorage.getItem(storageKey);
  return themes.find((theme) => theme === value) ?? 'day';
}

class ThemeChoice {
  #theme = $state<Theme>(stored());

  constructor() {
    document.documentElement.dataset['theme'] = this.#theme;
  }

  get current(): Theme {
    return this.#theme;
  }

  set current(theme: Theme) {
    this.#theme = theme;
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(storageKey, theme);
  }
}

export const theme = new ThemeChoice();
