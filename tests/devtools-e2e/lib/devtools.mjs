// The page of Redux DevTools: what a person does there, and what they see.
import vm from 'node:vm'
import { until } from './wait.mjs'

const SIZE = { width: 1280, height: 800 }

// One instance of the page, connected to the server that it came from.
export class DevTools {
  #page

  /// Opens the page in `browser` and connects it, as its settings ask for.
  static async open(browser, port) {
    const page = await browser.newPage({ viewport: SIZE, acceptDownloads: true })
    const devtools = new DevTools(page)
    // Nothing outside of this machine has a part in the test.
    await page.route((url) => url.hostname !== '127.0.0.1', (route) => route.abort())
    await page.goto(`http://127.0.0.1:${port}/`)
    await devtools.#connect(port)
    return devtools
  }

  constructor(page) {
    this.#page = page
    this.errors = []
    page.on('pageerror', (error) => this.errors.push(String(error)))
  }

  /// Loads the page again: it remembers its connection.
  async reload() {
    await this.#page.reload()
  }

  async #connect(port) {
    const page = this.#page
    await page.getByText('Settings', { exact: true }).click()
    await page.getByText('use local (custom) server', { exact: true }).click()
    await page.locator('input[id$=hostname]').fill('127.0.0.1')
    await page.locator('input[id$=port]').fill(String(port))
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('Actions', { exact: true }).click()
  }

  /// Writes a picture of the page to `path`.
  async picture(path) {
    await this.#lookAway()
    await this.#page.screenshot({ path })
  }

  // Tooltips lie over other buttons for as long as the mouse is where it was.
  async #lookAway() {
    await this.#page.mouse.move(SIZE.width / 4, SIZE.height / 2)
  }

  /// Opens one of the monitors: `Inspector`, `RTK Query`, ..
  async openMonitor(name) {
    await this.#page.getByRole('button', { name, exact: true }).click()
  }

  // A button has its name on it, or shows it (longer) when the mouse is over it.
  #button(name) {
    return this.#page.locator(`button:text-is("${name}"), button[aria-label^="${name}"]`)
  }

  /// Presses the button `name`: `Commit`, `Pause recording`, ..
  async press(name) {
    await this.#button(name).click()
    await this.#lookAway()
  }

  /// Returns whether there is a button `name` now.
  async hasButton(name) {
    return (await this.#button(name).count()) > 0
  }

  // -- The list of actions

  #row(id) {
    return this.#page.locator(`[data-id="${id}"]`)
  }

  /// Returns the actions of the list in their order: id, type, whether it is struck through as
  /// skipped.
  async actions() {
    return this.#page.locator('[data-id]').evaluateAll((rows) =>
      rows.map((row) => {
        const name = row.firstElementChild
        const isSkipped = getComputedStyle(name).textDecorationLine.includes('line-through')
        return { id: Number(row.dataset.id), type: name.textContent, isSkipped }
      }),
    )
  }

  /// Jumps to the state after the action `id`.
  async jump(id) {
    await this.#pressInRow(id, 'Jump')
  }

  /// Skips the action `id`, or takes it back in.
  async toggle(id) {
    await this.#pressInRow(id, 'Skip')
  }

  async #pressInRow(id, name) {
    // The buttons are there while the mouse is over the row, and the list scrolls by itself to where
    // the history is.
    const button = this.#row(id).getByText(name, { exact: true })
    await until(`${name} in the row of action ${id}`, async () => {
      await this.#row(id).hover()
      await button.click({ trial: true, timeout: 1000 })
      return true
    })
    await button.click()
    await this.#lookAway()
  }

  /// Moves the action `id` up by so many places, as one does without a mouse.
  async moveUp(id, places) {
    const handle = this.#page.getByRole('button').filter({ has: this.#row(id) })
    // The list tells those who do not see it what they are doing.
    const spoken = this.#page.locator('[id^=DndLiveRegion]')
    let last
    const isAtNewPlace = async () => {
      const place = /over droppable area (\d+)\.$/.exec(await spoken.innerText())?.[1]
      if (place === undefined || place === last) return false
      last = place
      return true
    }
    await handle.focus()
    await this.#page.keyboard.press('Space')
    await until('the action to be picked up', isAtNewPlace)
    for (let place = 0; place < places; place += 1) {
      await this.#page.keyboard.press('ArrowUp')
      await until('the place above', isAtNewPlace)
    }
    await this.#page.keyboard.press('Space')
    await until('the action to be dropped', async () => (await spoken.innerText()).includes('dropped'))
  }

  /// Returns where the slider is: the place in the list, and the type of the action there.
  async position() {
    const slider = this.#page.locator('.slider')
    const index = Number(await slider.locator('input[type=range]').inputValue())
    const label = await slider.locator('label').innerText()
    return { index, type: label.replace(/\s*\(\d+\)$/, '') }
  }

  /// Moves the slider to a place in the list. It is the way to the beginning, whose row has no button.
  async slideTo(index) {
    await this.#page.locator('.slider input[type=range]').fill(String(index))
  }

  // -- The state

  /// Shows the state as text; `state` reads it.
  async openState() {
    // The first is the tab; its name is also a heading when it is open.
    await this.#page.getByText('State', { exact: true }).first().click()
    await this.#page.locator('button[value=Raw]').click()
  }

  /// Returns the state that is shown.
  async state() {
    const text = await this.#page.locator('.CodeMirror').first().evaluate((it) => it.CodeMirror.getValue())
    return vm.runInThisContext(`(${text})`)
  }

  // -- Files

  /// Exports what is known of the application to a file at `path`.
  async exportTo(path) {
    const download = this.#page.waitForEvent('download')
    await this.press('Export to a file')
    await (await download).saveAs(path)
  }

  /// Imports the file at `path`.
  async importFrom(path) {
    const chooser = this.#page.waitForEvent('filechooser')
    await this.press('Import from a file')
    await (await chooser).setFiles(path)
  }

  // -- The dispatcher

  /// Opens the dispatcher, writes `text` into it and dispatches that.
  async dispatch(text) {
    if (await this.hasButton('Show dispatcher')) await this.press('Show dispatcher')
    const editor = this.#page.locator('.CodeMirror').last()
    await editor.click()
    await this.#page.keyboard.press('ControlOrMeta+A')
    await this.#page.keyboard.insertText(text)
    await this.#page.getByRole('button', { name: 'Dispatch', exact: true }).click()
  }

  // -- The RTK Query panel

  /// Returns the entries of the panel by their keys, each with its status.
  async entries() {
    const rows = await this.#page.locator('li:has(> p)').evaluateAll((items) =>
      items.map((item) => [item.firstElementChild.textContent, item.querySelector(':scope > div p').textContent]),
    )
    return Object.fromEntries(rows)
  }

  /// Selects the entry of `key`.
  async selectEntry(key) {
    await this.#page.locator('li > p').getByText(key, { exact: true }).click()
  }

  /// Returns the names of the tabs, with their counts: `Tags(1)`.
  async tabs() {
    return this.#page.getByRole('tab').allInnerTexts()
  }

  /// Opens the tab whose name begins with `name`, and returns the lines it shows.
  async openTab(name) {
    await this.#page.getByRole('tab', { name }).click()
    const text = await this.#page.getByRole('tabpanel').innerText()
    return text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && line !== '▶')
  }
}
