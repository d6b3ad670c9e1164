/** One switch between Japanese and English for the whole page, kept on this device. */

import type { Text } from './words';

export type Language = 'ja' | 'en';

const storageKey = 'kakehashi.language';

class LanguageChoice {
  #language = $state<Language>(localStorage.getItem(storageKey) === 'en' ? 'en' : 'ja');

  constructor() {
    document.documentElement.lang = this.#language;
  }

  get current(): Language {
    return this.#language;
  }

  set current(language: Language) {
    this.#language = language;
    document.documentElement.lang = language;
    localStorage.setItem(storageKey, language);
  }
}

export const language = new LanguageChoice();

/** The sentence in the chosen language; reactive where it is called from a template or `$derived`. */
export function say(text: Text): string {
  return text[language.current];
}
