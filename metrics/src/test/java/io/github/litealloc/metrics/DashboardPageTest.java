package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;

/** The page as a person meets it, in a real browser. */
final class DashboardPageTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** One for all tests: it takes seconds to start. */
  private static ChromeDriver browser;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("<b>gate</b>").maxBytes(8 << 20).build();
  private final List<TestLoop> loops = new ArrayList<>();
  private final List<ByteBuf> held = new ArrayList<>();
  private DashboardServer server =
      DashboardServer.builder().allocator(allocator).application("gateway <7>").start();

  @BeforeAll
  static void startBrowser(@TempDir Path profile) {
    Browser.assumeInstalled();
    browser = Browser.start(profile);
  }

  @AfterAll
  static void quitBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  /** Three event loops that hold different amounts, and one that is gone. */
  private void traffic() throws Exception {
    for (int i = 1; i <= 3; i++) {
      TestLoop loop = new TestLoop("worker-" + i);
      loops.add(loop);
      for (int n = 0; n < 100 * i; n++) {
        int bytes = 1_000 * i + n;
        held.add(loop.call(() -> allocator.directBuffer(bytes)));
      }
    }
    loops.remove(0).close();
  }

  @AfterEach
  void close() {
    server.close();
    held.forEach(ByteBuf::release);
    loops.forEach(TestLoop::close);
    allocator.close();
  }

  @ParameterizedTest(name = "dark = {0}")
  @ValueSource(booleans = {false, true})
  void page_inABrowser_isLiveCorrectSafeAndAccessible(boolean dark) throws Exception {
    traffic();
    Browser.renew(browser, dark);
    browser.get(server.uri().toString());
    eventually(() -> assertThat(text("connection")).isEqualTo("live"));
    eventually(() -> assertThat(rows()).hasSize(3));
    awaitTick();
    awaitTick();

    assertThat(browser.getTitle())
        .startsWith("OK · gateway <7> (")
        .endsWith(", " + ProcessHandle.current().pid() + ") · lite-alloc");
    assertThat(text("process"))
        .startsWith("gateway <7> on ")
        .contains("pid " + ProcessHandle.current().pid());
    assertFiguresAreThoseOfTheSnapshot();
    assertNamesAreText();
    assertColours(dark);
    screenshot(dark ? "dark" : "light");
    assertAccessible();
    assertRowsAreSorted();
    assertSizesAndEvents();
    assertThat(ofMemoryChart("scales.x.min")).as("a short past").isBetween(-60.0, -1.0);
    assertMapShowsTheMemory(dark);
    assertPauseHoldsThePicture();
    assertNoForeignOrigin();
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();

    int port = server.uri().getPort();
    server.close();
    assertSaysThatThereIsNoData();
    assertAccessible();
    screenshot(dark ? "no-data-dark" : "no-data-light");
    server = DashboardServer.builder().allocator(allocator).port(port).start();
    eventually(() -> assertThat(text("connection")).isEqualTo("live"));
    awaitTick();
    assertThat(text("verdict-level")).isEqualTo("OK");
    assertThat(browser.getTitle()).startsWith("OK · ");
    assertThat(browser.findElement(By.tagName("html")).getDomAttribute("data-stale"))
        .isEqualTo("false");
  }

  /** What threads allocate that are no event loops is in the table, and has a map like the rest. */
  @Test
  void page_arenaThatThreadsShare_hasAMap() throws Exception {
    for (int i = 0; i < 50; i++) {
      held.add(allocator.directBuffer(2_048));
    }
    Browser.renew(browser, false);
    browser.get(server.uri().toString());
    By button = By.cssSelector("#loops button[aria-label='Map of the memory of striped-0']");
    eventually(() -> assertThat(browser.findElements(button)).hasSize(1));
    browser.findElement(button).click();
    assertThat(text("map-heading")).isEqualTo("Memory of striped-0");
    By strips = By.cssSelector("#map-chunks .strip");
    eventually(() -> assertThat(browser.findElements(strips)).isNotEmpty());
    assertThat(browser.findElement(strips).getText().replaceAll("\\s", ""))
        .hasSize(128)
        .contains("###");
    assertThat(text("map-note"))
        .containsPattern("as of [\\d:]+\\. Drawing this has kept the arena for [\\d.]+ ms")
        .doesNotContain("missing", "left out");
    assertThat(text("map-chunks")).contains("2 KiB at ");
    assertThat(check().getViolations()).extracting(Rule::toString).isEmpty();
    screenshot("map-shared");
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
  }

  /** They tell little: the rest is n/a, and not zero. */
  @Test
  void page_nettysAllocatorsAlone_showsWhatTheyTellAndNoZeros() throws Exception {
    AdaptiveByteBufAllocator adaptive = new AdaptiveByteBufAllocator(true);
    PooledByteBufAllocator pooled = new PooledByteBufAllocator(true);
    held.add(adaptive.directBuffer(100_000));
    held.add(pooled.directBuffer(100_000));
    try (DashboardServer theirs =
        DashboardServer.builder()
            .nettyAllocator("theirs", pooled)
            .nettyAllocator("other", adaptive)
            .start()) {
      Browser.renew(browser, true);
      browser.get(theirs.uri().toString());
      eventually(() -> assertThat(text("connection")).isEqualTo("live"));
      awaitTick();
      awaitTick();
      assertThat(text("verdict-level")).isEqualTo("NOT JUDGED");
      assertThat(browser.getTitle()).doesNotContain("OK", "UNKNOWN");
      assertThat(text("reserved"))
          .isEqualTo(
              bytes(pooled.metric().usedDirectMemory() + adaptive.metric().usedDirectMemory()));
      for (String ofOurs : List.of("used", "pinned", "kept", "live", "fallbacks", "failures")) {
        assertThat(text(ofOurs)).as(ofOurs).isEqualTo("n/a");
      }
      assertThat(browser.findElement(By.id("loops")).isDisplayed()).isFalse();
      assertThat(browser.findElement(By.id("rate-chart")).isDisplayed()).isFalse();
      assertThat(text("netty-allocators"))
          .contains("theirs (", bytes(pooled.pinnedDirectMemory()), "other (", "n/a");
      assertThat(text("netty-arenas")).contains("direct 0");
      assertNothingJumps();
      assertThat(check().getViolations()).extracting(Rule::toString).isEmpty();
      screenshot("netty-dark");
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }
  }

  /** As one that was stopped, or whose collector takes its time: the connection is there. */
  @Test
  void page_processDoesNotAnswer_saysThatThereIsNoDataAndNotThatItIsLive() throws Exception {
    CountDownLatch isOver = new CountDownLatch(1);
    AtomicBoolean isStuck = new AtomicBoolean();
    PooledByteBufAllocator pooled = new PooledByteBufAllocator(true);
    ByteBufAllocatorMetricProvider stuck =
        () -> {
          if (isStuck.get()) {
            try {
              isOver.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return pooled.metric();
        };
    try (DashboardServer both =
        DashboardServer.builder().allocator(allocator).nettyAllocator("stuck", stuck).start()) {
      try {
        Browser.renew(browser, false);
        browser.get(both.uri().toString());
        eventually(() -> assertThat(text("verdict-level")).isEqualTo("OK"));
        isStuck.set(true);
        eventually(() -> assertThat(text("verdict-level")).isEqualTo("NO DATA"));
        assertThat(text("connection")).isEqualTo("no answer");
        assertThat(text("verdict-summary")).containsPattern("^No figures since \\S+ \\(\\d+ s\\)");
      } finally {
        isStuck.set(false);
        isOver.countDown();
      }
      eventually(() -> assertThat(text("verdict-level")).isEqualTo("OK"));
      assertThat(text("connection")).isEqualTo("live");
    }
  }

  /** A process that is gone is not well, whatever it said last. */
  private static void assertSaysThatThereIsNoData() throws Exception {
    eventually(() -> assertThat(text("verdict-level")).isEqualTo("NO DATA"));
    assertThat(text("connection")).isEqualTo("disconnected");
    assertThat(text("verdict-summary"))
        .startsWith("No figures since ")
        .doesNotContain("Nothing needs attention");
    assertThat(browser.findElement(By.id("verdict")).getDomAttribute("data-level"))
        .isEqualTo("NONE");
    assertThat(browser.getTitle()).startsWith("NO DATA · gateway <7> (");
    assertThat(browser.findElement(By.tagName("html")).getDomAttribute("data-stale"))
        .isEqualTo("true");
    assertThat(browser.findElement(By.id("reserved")).getCssValue("color"))
        .as("figures are greyed")
        .isEqualTo(browser.findElement(By.id("reserved-note")).getCssValue("color"));
  }

  /** Two allocators, one of a long name, and more loops than a screen has lines. */
  @ParameterizedTest(name = "{0} px wide, {1} loops")
  @CsvSource({"360, 8", "800, 64", "1600, 1"})
  void page_anyWidth_showsNumbersAndHintsAtTheRest(int width, int loopCount) throws Exception {
    String longName = "a-service-with-a-very-long-name-" + "x".repeat(150);
    try (LiteByteBufAllocator other =
            LiteByteBufAllocator.builder().name(longName).maxBytes(8 << 20).build();
        DashboardServer both =
            DashboardServer.builder().allocator(allocator).allocator(other).start()) {
      for (int i = 0; i < loopCount; i++) {
        TestLoop loop = new TestLoop("a-group-of-event-loops-of-somebody-" + i);
        loops.add(loop);
        held.add(loop.call(() -> other.directBuffer(5_000)));
      }
      held.add(other.directBuffer(3 << 20));
      Browser.renew(browser, false);
      resize(width);
      browser.get(both.uri().toString());
      eventually(() -> assertThat(text("live")).isEqualTo("" + (loopCount + 1)));
      awaitTick();
      assertNothingSticksOut(width);
      assertNothingJumps();
      assertThat(ofMemoryChart("data.datasets[0].data[0].y"))
          .as("the budgets' line, for both")
          .isEqualTo(16 << 20);
      assertNoNoteIsCut();
      assertLongNamesCanBeRead(longName);
      for (WebElement number : browser.findElements(By.cssSelector("#budgets td.number"))) {
        assertThat(number.getText()).isNotBlank();
        if (width <= 360) {
          assertThat(number.getRect().getX() + number.getRect().getWidth())
              .as("a number on a small screen")
              .isLessThanOrEqualTo(width);
        }
      }
      // What is scrolled out of a table is not seen, and so left undecided.
      assertThat(check().getViolations()).extracting(Rule::toString).isEmpty();
      screenshot(width + "px");
      browser.findElement(By.cssSelector("#loops button")).click();
      eventually(
          () -> assertThat(browser.findElements(By.cssSelector("#map-chunks tr"))).isNotEmpty());
      assertNothingSticksOut(width);
      assertThat(check().getViolations()).extracting(Rule::toString).isEmpty();
      browser.executeScript("document.getElementById('map').scrollIntoView()");
      screenshot("map-" + width + "px");
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      for (ByteBuf buffer : held) {
        buffer.release();
      }
      held.clear();
    }
  }

  private static void resize(int width) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 1_400, "deviceScaleFactor", 1, "mobile", false));
    browser.executeCdpCommand("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
  }

  /** The page itself never scrolls sideways; a table that does says so. */
  private static void assertNothingSticksOut(int width) {
    assertThat((long) browser.executeScript("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
    Object wrong =
        browser.executeScript(
            "return [...document.querySelectorAll('.scroll')].filter((s) =>"
                + " (s.scrollWidth > s.clientWidth) === s.nextElementSibling.hidden).length");
    assertThat(wrong).as("tables without a hint, or hints without need").isEqualTo(0L);
  }

  private static double ofMemoryChart(String what) {
    Object value = browser.executeScript("return Chart.getChart('memory-chart')." + what);
    return ((Number) value).doubleValue();
  }

  private static void assertNothingJumps() {
    Object heights =
        browser.executeScript(
            "return [...new Set([...document.querySelectorAll('.tiles .card')]"
                + ".map((tile) => Math.round(tile.getBoundingClientRect().height)))]");
    assertThat((List<?>) heights).as("heights of tiles").hasSize(1);
  }

  /** Nor would one be that is as long as it can be. */
  private static void assertNoNoteIsCut() {
    Object cut =
        browser.executeScript(
            "const longest = document.getElementById('elsewhere-note');"
                + "longest.textContent = 'of a full budget; others unknown; 5 min peak 1023 MiB';"
                + "return [...document.querySelectorAll('.tiles .muted')]"
                + ".filter((note) => note.scrollHeight > note.clientHeight || note.scrollWidth > note.clientWidth)"
                + ".map((note) => note.textContent)");
    assertThat((List<?>) cut).as("notes of tiles that are cut").isEmpty();
  }

  private static void assertLongNamesCanBeRead(String longName) {
    WebElement name = browser.findElements(By.cssSelector("#bypass .name")).get(1);
    assertThat(name.getText()).isEqualTo(longName);
    int cut = name.getRect().getHeight();
    browser.executeScript("arguments[0].focus()", name);
    assertThat(browser.switchTo().activeElement()).isEqualTo(name);
    assertThat(name.getRect().getHeight()).as("whole when it has the focus").isGreaterThan(cut);
    browser.executeScript("arguments[0].blur()", name);
  }

  private static String text(String id) {
    return browser.findElement(By.id(id)).getText();
  }

  private static List<WebElement> rows() {
    return browser.findElements(By.cssSelector("#loops tr"));
  }

  private static String time() {
    return browser.findElement(By.tagName("html")).getDomAttribute("data-time");
  }

  private static void awaitTick() throws Exception {
    String before = time();
    eventually(() -> assertThat(time()).isNotEqualTo(before));
  }

  private void assertFiguresAreThoseOfTheSnapshot() throws Exception {
    JsonNode snapshot =
        JSON.readTree(RawHttp.get(server.uri().getPort(), "/api/v1/snapshot").text());
    JsonNode totals = snapshot.path("totals");
    assertThat(text("reserved")).isEqualTo(bytes(totals.path("reservedBytes").asLong()));
    assertThat(text("used")).isEqualTo(bytes(totals.path("usedBytes").asLong()));
    assertThat(text("live")).isEqualTo(totals.path("liveBlocks").asText());
    assertThat(text("live-note")).isEqualTo("in 2 arenas, 1 orphaned");
    assertThat(text("failures")).isEqualTo("0");
    assertThat(text("budget-note")).isEqualTo("of 8 MiB");
    JsonNode budget = snapshot.path("budgets").path(0);
    assertThat(text("budgets"))
        .contains(
            bytes(budget.path("reservedBytes").asLong()), bytes(budget.path("idleBytes").asLong()));
    assertThat(text("verdict-level")).isEqualTo(snapshot.path("verdict").path("level").asText());
    assertThat(text("memory-summary"))
        .contains("Reserved " + bytes(totals.path("reservedBytes").asLong()));
    for (JsonNode loop : snapshot.path("eventLoops")) {
      WebElement row =
          rows().stream()
              .filter(each -> each.getText().contains(loop.path("eventLoop").asText()))
              .findFirst()
              .orElseThrow();
      assertThat(row.getText())
          .contains(bytes(loop.path("reservedBytes").asLong()), loop.path("liveBlocks").asText());
      assertThat(row.getText().contains("ended")).isEqualTo(loop.path("orphaned").asBoolean());
    }
  }

  /** As the page writes bytes. */
  private static String bytes(long value) {
    String[] units = {"B", "KiB", "MiB"};
    int unit = 0;
    double number = value;
    while (number >= 1024 && unit < 2) {
      number /= 1024;
      unit++;
    }
    String text =
        String.format(java.util.Locale.ROOT, number < 100 && unit > 0 ? "%.1f" : "%.0f", number);
    return text.replaceAll("\\.0$", "") + ' ' + units[unit];
  }

  private static void assertNamesAreText() {
    assertThat(browser.findElement(By.cssSelector("#loops td")).getText())
        .startsWith("<b>gate</b> (");
    assertThat(browser.findElements(By.tagName("b"))).isEmpty();
  }

  private static void assertColours(boolean dark) {
    assertThat(browser.findElement(By.tagName("body")).getCssValue("background-color"))
        .isEqualTo(dark ? "rgba(20, 22, 26, 1)" : "rgba(245, 246, 248, 1)");
  }

  private static Results check() {
    return new AxeBuilder()
        .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
        .analyze(browser);
  }

  private static void assertAccessible() {
    Results results = check();
    assertThat(results.getViolations()).extracting(Rule::toString).isEmpty();
    assertThat(results.getIncomplete()).extracting(Rule::toString).isEmpty();
    assertThat(results.getPasses()).hasSizeGreaterThan(20);
  }

  private static void assertRowsAreSorted() {
    assertThat(names()).element(0).asString().startsWith("worker-3");
    new Select(browser.findElement(By.id("loops-sort"))).selectByValue("eventLoop");
    assertThat(names()).element(0).asString().startsWith("worker-1");
  }

  /** 100 buffers of some 1,000 bytes, 200 of 2,000 and 300 of 3,000; and a loop that is gone. */
  private static void assertSizesAndEvents() throws Exception {
    eventually(
        () ->
            assertThat(text("sizes").replaceAll("\\s+", " "))
                .isEqualTo("1 KiB 25 4.2 % 4.2 % 2 KiB 124 21 % 21 % 4 KiB 451 75 % 75 %"));
    assertThat(text("events")).contains("arenas outlive their loops");
    assertThat(text("rate-summary")).contains("Their blocks: ");
    WebElement waiting = browser.findElement(By.cssSelector("#loops td.number:nth-last-child(2)"));
    assertThat(waiting.getText()).isEqualTo("0");
    WebElement oldest = browser.findElement(By.cssSelector("#loops td.number:last-child"));
    assertThat(oldest.getText()).matches("\\d+ (s|min .*)");
  }

  /** Opened by a click, readable as a table and without colour, and closed again. */
  private static void assertMapShowsTheMemory(boolean dark) throws Exception {
    WebElement map = browser.findElement(By.id("map"));
    assertThat(map.isDisplayed()).isFalse();
    browser.findElement(By.cssSelector("#loops button[aria-label$='worker-2']")).click();
    assertThat(text("map-heading")).isEqualTo("Memory of worker-2");
    By chunks = By.cssSelector("#map-chunks tr");
    eventually(() -> assertThat(browser.findElements(chunks)).hasSizeGreaterThan(1));
    String first = browser.findElement(By.cssSelector("#map-chunks .strip")).getText();
    assertThat(first.replaceAll("\\s", "")).hasSize(128).contains("#");
    assertThat(text("map-legend")).contains("### live", "xxx of no use");
    assertThat(text("map-chunks")).containsPattern("2 KiB at \\S+ KiB, at most \\d+ s old");
    // What is scrolled out of a table is not seen, and so left undecided.
    assertThat(check().getViolations()).extracting(Rule::toString).isEmpty();
    browser.executeScript("arguments[0].scrollIntoView()", map);
    screenshot(dark ? "map-dark" : "map-light");
    browser.findElement(By.id("map-close")).click();
    assertThat(map.isDisplayed()).isFalse();
    browser.executeScript("window.scrollTo(0, 0)");
  }

  private static List<String> names() {
    return browser.findElements(By.cssSelector("#loops th")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static void assertPauseHoldsThePicture() throws Exception {
    WebElement pause = browser.findElement(By.id("pause"));
    pause.click();
    assertThat(text("connection")).isEqualTo("paused, live");
    String held = time();
    Thread.sleep(1_500);
    assertThat(time()).isEqualTo(held);
    pause.click();
    awaitTick();
    assertThat(text("connection")).isEqualTo("live");
  }

  private void assertNoForeignOrigin() {
    Object names =
        browser.executeScript(
            "return performance.getEntriesByType('resource').map((entry) => entry.name)");
    TreeSet<String> foreign = new TreeSet<>();
    for (Object name : (List<?>) names) {
      if (!name.toString().startsWith(server.uri().toString())) {
        foreign.add(name.toString());
      }
    }
    assertThat(foreign).isEmpty();
    assertThat((List<?>) names).hasSizeGreaterThan(8);
  }

  private static void screenshot(String name) throws Exception {
    Files.createDirectories(SCREENSHOTS);
    Files.write(
        SCREENSHOTS.resolve("dashboard-" + name + ".png"),
        browser.getScreenshotAs(OutputType.BYTES));
  }
}
