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
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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

  @TempDir Path profile;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("<b>gate</b>").maxBytes(8 << 20).build();
  private final List<TestLoop> loops = new ArrayList<>();
  private final List<ByteBuf> held = new ArrayList<>();
  private DashboardServer server =
      DashboardServer.builder().allocator(allocator).application("gateway <7>").start();

  @BeforeAll
  static void findBrowser() {
    Browser.assumeInstalled();
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
    ChromeDriver browser = Browser.start(profile, dark);
    try {
      browser.get(server.uri().toString());
      eventually(() -> assertThat(text(browser, "connection")).isEqualTo("live"));
      eventually(() -> assertThat(rows(browser)).hasSize(3));
      for (int i = 0; i < 3; i++) {
        awaitTick(browser);
      }

      assertThat(browser.getTitle())
          .startsWith("OK · gateway <7> (")
          .endsWith(", " + ProcessHandle.current().pid() + ") · lite-alloc");
      assertThat(text(browser, "process"))
          .startsWith("gateway <7> on ")
          .contains("pid " + ProcessHandle.current().pid());
      assertFiguresAreThoseOfTheSnapshot(browser);
      assertNamesAreText(browser);
      assertColours(browser, dark);
      screenshot(browser, dark ? "dark" : "light");
      assertAccessible(browser);
      assertRowsAreSorted(browser);
      assertSizesAndEvents(browser);
      assertMapShowsTheMemory(browser, dark);
      assertPauseHoldsThePicture(browser);
      assertNoForeignOrigin(browser);
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();

      int port = server.uri().getPort();
      server.close();
      assertSaysThatThereIsNoData(browser);
      assertAccessible(browser);
      screenshot(browser, dark ? "no-data-dark" : "no-data-light");
      server = DashboardServer.builder().allocator(allocator).port(port).start();
      eventually(() -> assertThat(text(browser, "connection")).isEqualTo("live"));
      awaitTick(browser);
      assertThat(text(browser, "verdict-level")).isEqualTo("OK");
      assertThat(browser.getTitle()).startsWith("OK · ");
      assertThat(browser.findElement(By.tagName("html")).getDomAttribute("data-stale"))
          .isEqualTo("false");
    } finally {
      browser.quit();
    }
  }

  /** What threads allocate that are no event loops is in the table, and has a map like the rest. */
  @Test
  void page_arenaThatThreadsShare_hasAMap() throws Exception {
    for (int i = 0; i < 50; i++) {
      held.add(allocator.directBuffer(2_048));
    }
    ChromeDriver browser = Browser.start(profile, false);
    try {
      browser.get(server.uri().toString());
      By button = By.cssSelector("#loops button[aria-label='Map of the memory of striped-0']");
      eventually(() -> assertThat(browser.findElements(button)).hasSize(1));
      browser.findElement(button).click();
      assertThat(text(browser, "map-heading")).isEqualTo("Memory of striped-0");
      By strips = By.cssSelector("#map-chunks .strip");
      eventually(() -> assertThat(browser.findElements(strips)).isNotEmpty());
      assertThat(browser.findElement(strips).getText().replaceAll("\\s", ""))
          .hasSize(128)
          .contains("###");
      assertThat(text(browser, "map-note"))
          .containsPattern("as of [\\d:]+\\. Drawing this has kept the arena for [\\d.]+ ms")
          .doesNotContain("missing", "left out");
      assertThat(text(browser, "map-chunks")).contains("2 KiB at ");
      assertThat(check(browser).getViolations()).extracting(Rule::toString).isEmpty();
      screenshot(browser, "map-shared");
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    } finally {
      browser.quit();
    }
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
      ChromeDriver browser = Browser.start(profile, true);
      try {
        browser.get(theirs.uri().toString());
        eventually(() -> assertThat(text(browser, "connection")).isEqualTo("live"));
        awaitTick(browser);
        awaitTick(browser);
        assertThat(text(browser, "verdict-level")).isEqualTo("NOT JUDGED");
        assertThat(browser.getTitle()).doesNotContain("OK", "UNKNOWN");
        assertThat(text(browser, "reserved"))
            .isEqualTo(
                bytes(pooled.metric().usedDirectMemory() + adaptive.metric().usedDirectMemory()));
        for (String ofOurs : List.of("used", "pinned", "kept", "live", "fallbacks", "failures")) {
          assertThat(text(browser, ofOurs)).as(ofOurs).isEqualTo("n/a");
        }
        assertThat(browser.findElement(By.id("loops")).isDisplayed()).isFalse();
        assertThat(browser.findElement(By.id("rate-chart")).isDisplayed()).isFalse();
        assertThat(text(browser, "netty-allocators"))
            .contains("theirs (", bytes(pooled.pinnedDirectMemory()), "other (", "n/a");
        assertThat(text(browser, "netty-arenas")).contains("direct 0");
        assertNothingJumps(browser);
        assertThat(check(browser).getViolations()).extracting(Rule::toString).isEmpty();
        screenshot(browser, "netty-dark");
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      } finally {
        browser.quit();
      }
    }
  }

  /** A process that is gone is not well, whatever it said last. */
  private static void assertSaysThatThereIsNoData(ChromeDriver browser) throws Exception {
    eventually(() -> assertThat(text(browser, "verdict-level")).isEqualTo("NO DATA"));
    assertThat(text(browser, "connection")).isEqualTo("disconnected");
    assertThat(text(browser, "verdict-summary"))
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
            LiteByteBufAllocator.builder().name(longName).maxBytes(4 << 20).build();
        DashboardServer both =
            DashboardServer.builder().allocator(allocator).allocator(other).start()) {
      for (int i = 0; i < loopCount; i++) {
        TestLoop loop = new TestLoop("a-group-of-event-loops-of-somebody-" + i);
        loops.add(loop);
        held.add(loop.call(() -> other.directBuffer(5_000)));
      }
      ChromeDriver browser = Browser.start(profile, false);
      try {
        resize(browser, width);
        browser.get(both.uri().toString());
        eventually(() -> assertThat(text(browser, "live")).isEqualTo("" + loopCount));
        awaitTick(browser);
        assertNothingSticksOut(browser, width);
        assertNothingJumps(browser);
        assertLongNamesCanBeRead(browser, longName);
        for (WebElement number : browser.findElements(By.cssSelector("#budgets td.number"))) {
          assertThat(number.getText()).isNotBlank();
          if (width <= 360) {
            assertThat(number.getRect().getX() + number.getRect().getWidth())
                .as("a number on a small screen")
                .isLessThanOrEqualTo(width);
          }
        }
        // What is scrolled out of a table is not seen, and so left undecided.
        assertThat(check(browser).getViolations()).extracting(Rule::toString).isEmpty();
        screenshot(browser, width + "px");
        browser.findElement(By.cssSelector("#loops button")).click();
        eventually(
            () -> assertThat(browser.findElements(By.cssSelector("#map-chunks tr"))).isNotEmpty());
        assertNothingSticksOut(browser, width);
        assertThat(check(browser).getViolations()).extracting(Rule::toString).isEmpty();
        browser.executeScript("document.getElementById('map').scrollIntoView()");
        screenshot(browser, "map-" + width + "px");
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      } finally {
        browser.quit();
      }
      for (ByteBuf buffer : held) {
        buffer.release();
      }
      held.clear();
    }
  }

  private static void resize(ChromeDriver browser, int width) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 1_400, "deviceScaleFactor", 1, "mobile", false));
    browser.executeCdpCommand("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
  }

  /** The page itself never scrolls sideways; a table that does says so. */
  private static void assertNothingSticksOut(ChromeDriver browser, int width) {
    assertThat((long) browser.executeScript("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
    Object wrong =
        browser.executeScript(
            "return [...document.querySelectorAll('.scroll')].filter((s) =>"
                + " (s.scrollWidth > s.clientWidth) === s.nextElementSibling.hidden).length");
    assertThat(wrong).as("tables without a hint, or hints without need").isEqualTo(0L);
  }

  private static void assertNothingJumps(ChromeDriver browser) {
    Object heights =
        browser.executeScript(
            "return [...new Set([...document.querySelectorAll('.tiles .card')]"
                + ".map((tile) => Math.round(tile.getBoundingClientRect().height)))]");
    assertThat((List<?>) heights).as("heights of tiles").hasSize(1);
  }

  private static void assertLongNamesCanBeRead(ChromeDriver browser, String longName) {
    WebElement name = browser.findElements(By.cssSelector("#bypass .name")).get(1);
    assertThat(name.getText()).isEqualTo(longName);
    int cut = name.getRect().getHeight();
    browser.executeScript("arguments[0].focus()", name);
    assertThat(browser.switchTo().activeElement()).isEqualTo(name);
    assertThat(name.getRect().getHeight()).as("whole when it has the focus").isGreaterThan(cut);
    browser.executeScript("arguments[0].blur()", name);
  }

  private static String text(ChromeDriver browser, String id) {
    return browser.findElement(By.id(id)).getText();
  }

  private static List<WebElement> rows(ChromeDriver browser) {
    return browser.findElements(By.cssSelector("#loops tr"));
  }

  private static String time(ChromeDriver browser) {
    return browser.findElement(By.tagName("html")).getDomAttribute("data-time");
  }

  private static void awaitTick(ChromeDriver browser) throws Exception {
    String before = time(browser);
    eventually(() -> assertThat(time(browser)).isNotEqualTo(before));
  }

  private void assertFiguresAreThoseOfTheSnapshot(ChromeDriver browser) throws Exception {
    JsonNode snapshot =
        JSON.readTree(RawHttp.get(server.uri().getPort(), "/api/v1/snapshot").text());
    JsonNode totals = snapshot.path("totals");
    assertThat(text(browser, "reserved")).isEqualTo(bytes(totals.path("reservedBytes").asLong()));
    assertThat(text(browser, "used")).isEqualTo(bytes(totals.path("usedBytes").asLong()));
    assertThat(text(browser, "live")).isEqualTo(totals.path("liveBlocks").asText());
    assertThat(text(browser, "live-note")).isEqualTo("in 2 arenas, 1 orphaned");
    assertThat(text(browser, "failures")).isEqualTo("0");
    assertThat(text(browser, "budget-note")).isEqualTo("of 8 MiB");
    assertThat(text(browser, "verdict-level"))
        .isEqualTo(snapshot.path("verdict").path("level").asText());
    assertThat(text(browser, "memory-summary"))
        .contains("Reserved " + bytes(totals.path("reservedBytes").asLong()));
    for (JsonNode loop : snapshot.path("eventLoops")) {
      WebElement row =
          rows(browser).stream()
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

  private static void assertNamesAreText(ChromeDriver browser) {
    assertThat(browser.findElement(By.cssSelector("#loops td")).getText())
        .startsWith("<b>gate</b> (");
    assertThat(browser.findElements(By.tagName("b"))).isEmpty();
  }

  private static void assertColours(ChromeDriver browser, boolean dark) {
    assertThat(browser.findElement(By.tagName("body")).getCssValue("background-color"))
        .isEqualTo(dark ? "rgba(20, 22, 26, 1)" : "rgba(245, 246, 248, 1)");
  }

  private static Results check(ChromeDriver browser) {
    return new AxeBuilder()
        .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
        .analyze(browser);
  }

  private static void assertAccessible(ChromeDriver browser) {
    Results results = check(browser);
    assertThat(results.getViolations()).extracting(Rule::toString).isEmpty();
    assertThat(results.getIncomplete()).extracting(Rule::toString).isEmpty();
    assertThat(results.getPasses()).hasSizeGreaterThan(20);
  }

  private static void assertRowsAreSorted(ChromeDriver browser) {
    assertThat(names(browser)).element(0).asString().startsWith("worker-3");
    new Select(browser.findElement(By.id("loops-sort"))).selectByValue("eventLoop");
    assertThat(names(browser)).element(0).asString().startsWith("worker-1");
  }

  /** 100 buffers of some 1,000 bytes, 200 of 2,000 and 300 of 3,000; and a loop that is gone. */
  private static void assertSizesAndEvents(ChromeDriver browser) throws Exception {
    eventually(
        () ->
            assertThat(text(browser, "sizes").replaceAll("\\s+", " "))
                .isEqualTo("1 KiB 25 4.2 % 4.2 % 2 KiB 124 21 % 21 % 4 KiB 451 75 % 75 %"));
    assertThat(text(browser, "events")).contains("arenas outlive their loops");
    assertThat(text(browser, "rate-summary")).contains("Their blocks: ");
    WebElement waiting = browser.findElement(By.cssSelector("#loops td.number:nth-last-child(2)"));
    assertThat(waiting.getText()).isEqualTo("0");
    WebElement oldest = browser.findElement(By.cssSelector("#loops td.number:last-child"));
    assertThat(oldest.getText()).matches("\\d+ (s|min .*)");
  }

  /** Opened by a click, readable as a table and without colour, and closed again. */
  private static void assertMapShowsTheMemory(ChromeDriver browser, boolean dark) throws Exception {
    WebElement map = browser.findElement(By.id("map"));
    assertThat(map.isDisplayed()).isFalse();
    browser.findElement(By.cssSelector("#loops button[aria-label$='worker-2']")).click();
    assertThat(text(browser, "map-heading")).isEqualTo("Memory of worker-2");
    By chunks = By.cssSelector("#map-chunks tr");
    eventually(() -> assertThat(browser.findElements(chunks)).hasSizeGreaterThan(1));
    String first = browser.findElement(By.cssSelector("#map-chunks .strip")).getText();
    assertThat(first.replaceAll("\\s", "")).hasSize(128).contains("#");
    assertThat(text(browser, "map-legend")).contains("### live", "xxx of no use");
    assertThat(text(browser, "map-chunks"))
        .containsPattern("2 KiB at \\S+ KiB, at most \\d+ s old");
    // What is scrolled out of a table is not seen, and so left undecided.
    assertThat(check(browser).getViolations()).extracting(Rule::toString).isEmpty();
    browser.executeScript("arguments[0].scrollIntoView()", map);
    screenshot(browser, dark ? "map-dark" : "map-light");
    browser.findElement(By.id("map-close")).click();
    assertThat(map.isDisplayed()).isFalse();
    browser.executeScript("window.scrollTo(0, 0)");
  }

  private static List<String> names(ChromeDriver browser) {
    return browser.findElements(By.cssSelector("#loops th")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static void assertPauseHoldsThePicture(ChromeDriver browser) throws Exception {
    WebElement pause = browser.findElement(By.id("pause"));
    pause.click();
    assertThat(text(browser, "connection")).isEqualTo("paused, live");
    String held = time(browser);
    Thread.sleep(1_500);
    assertThat(time(browser)).isEqualTo(held);
    pause.click();
    awaitTick(browser);
    assertThat(text(browser, "connection")).isEqualTo("live");
  }

  private void assertNoForeignOrigin(ChromeDriver browser) {
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

  private static void screenshot(ChromeDriver browser, String name) throws Exception {
    Files.createDirectories(SCREENSHOTS);
    Files.write(
        SCREENSHOTS.resolve("dashboard-" + name + ".png"),
        browser.getScreenshotAs(OutputType.BYTES));
  }
}
