import '@fontsource-variable/noto-sans-jp';
import '$lib/theme/tokens.css';
import { mount } from 'svelte';
import Operator from './Operator.svelte';

const target = document.getElementById('page');
if (target === null) throw new Error('the page has no place to stand in');
mount(Operator, { target });
