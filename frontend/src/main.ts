import { mount } from 'svelte';
// First, since texts are read while the rest is being loaded.
import '@/platform/language';
import '@/ui/app.css';
import App from '@/app/app.svelte';
import { loadSentences } from '@/platform/faults';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');
void loadSentences();
mount(App, { target });
