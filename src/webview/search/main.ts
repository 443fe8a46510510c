import '../base.css';
import '@vscode/codicons/dist/codicon.css';
import './search.css';
import { render } from 'lit';
import type { ResultRow, SearchEvents, SearchMethods, SearchState } from '../../shared/searchProtocol.ts';
import { Host } from '../host.ts';
import { keepFocus } from '../keepFocus.ts';
import { SearchModel } from './searchModel.ts';
import { SearchPage } from './searchPage.ts';

const MOST_DRAWINGS = 4;
const app = document.querySelector<HTMLElement>('#app');
const host = new Host<SearchMethods, SearchEvents, SearchState>();
const model: SearchModel = new SearchModel(host, (rowsBefore) => draw(rowsBefore));
const page = new SearchPage(model, () => draw(model.rows));
let drawing = false;
let again = false;

/** What is measured after drawing may ask for another drawing: it is made before anything is seen. */
function draw(rowsBefore: readonly ResultRow[]): void {
  again = true;
  if (app === null || drawing) return;
  drawing = true;
  let before = rowsBefore;
  keepFocus(
    app,
    () => {
      for (let times = 0; again && times < MOST_DRAWINGS; times++) {
        again = false;
        render(page.template(), app);
        page.list.drawn(before);
        before = model.rows;
      }
    },
    () => page.focusField(),
  );
  drawing = false;
}

draw([]);
void model.start();
// VS Code gives the focus to the page; what had it there before keeps it.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body) page.focusField();
});
