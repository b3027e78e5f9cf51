// Tell the sign-up form the browser's time zone, so that moments are right from the first day.
for (const field of document.querySelectorAll("input[data-timezone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
