// The first link makes the first administrator: what the journey and the pictures begin with.

export const email = "ann@example.org";
export const password = "four words in a row";

export async function signUp(page, link) {
  await page.go(link);
  await page.fill("[name=name]", "Ann Other");
  await page.fill("[name=email]", email);
  await page.fill("[name=new_password]", password);
  await page.fill("[name=new_password_again]", password);
  await page.click("main button[type=submit]");
}
