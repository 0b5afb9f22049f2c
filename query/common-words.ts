const COMMON = new Set(
  `a about after all also am an and any are as at back be because been before being but by can come could day did do does dont down
  even first for from get go going good got great had has have he her here him his how i if im in into is it its just know last like
  lol love made make me more most much my need never new no not now of off on one only or other our out over people really right rt
  said say see she should so some still take than that the their them then there these they thing think this those time to today too
  two u up us very via want was way we well were what when where which who why will with would year you your
  aber als auch auf aus bei das dem den der des die ein eine einen er es fur hat ich im ist mich mir mit nicht noch nur oder sich sie
  sind und uns von war was wie wir zu zum zur
  al con como de del el ella en era es esta este fue ha hay la las le lo los mas me mi muy no nos o para pero por que se si sin son su
  sus te un una y ya
  au aux avec ce ces cette dans des du elle est et etre il ils je leur lui mais ne nous ont ou par pas plus pour quand qui sa ses sont
  sur tout tres un une vous
  che chi ci come cosa da dal della di e gli ho ma nel non per piu piu quando questo sono uma na nao os ao com das dos ele em foi mais
  meu muito quem tem voce
  aan bij dat deze een en het hij ik in is maar met niet nog of om ook op te uit van voor was wat wij ze zijn`.split(
    /\s+/,
  ),
)

/** One of the words that hold a language together (English and its neighbours), as a folded form. */
export const isCommonWord = (form: string): boolean => COMMON.has(form)

/** A rough share of posts that hold a word, good enough to tell a rare word from a frequent one. */
export function expectedShare(form: string): number {
  if (COMMON.has(form)) return 0.2
  return 0.05 / 1.6 ** Math.min(form.length, 20)
}
