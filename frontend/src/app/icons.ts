import Armchair from '@lucide/svelte/icons/armchair';
import BadgePercent from '@lucide/svelte/icons/badge-percent';
import Banknote from '@lucide/svelte/icons/banknote';
import BookOpen from '@lucide/svelte/icons/book-open';
import Boxes from '@lucide/svelte/icons/boxes';
import Building from '@lucide/svelte/icons/building-2';
import Calendar from '@lucide/svelte/icons/calendar';
import Car from '@lucide/svelte/icons/car';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Circle from '@lucide/svelte/icons/circle-small';
import Clock from '@lucide/svelte/icons/clock';
import Contact from '@lucide/svelte/icons/contact';
import CreditCard from '@lucide/svelte/icons/credit-card';
import History from '@lucide/svelte/icons/history';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import Mail from '@lucide/svelte/icons/mail';
import Monitor from '@lucide/svelte/icons/monitor';
import Package from '@lucide/svelte/icons/package';
import Percent from '@lucide/svelte/icons/percent';
import Receipt from '@lucide/svelte/icons/receipt-text';
import ScanBarcode from '@lucide/svelte/icons/scan-barcode';
import Scale from '@lucide/svelte/icons/scale';
import Settings from '@lucide/svelte/icons/settings';
import Shield from '@lucide/svelte/icons/shield';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import Store from '@lucide/svelte/icons/store';
import Tag from '@lucide/svelte/icons/tag';
import Tags from '@lucide/svelte/icons/tags';
import Truck from '@lucide/svelte/icons/truck';
import Users from '@lucide/svelte/icons/users';
import Utensils from '@lucide/svelte/icons/utensils';
import Wallet from '@lucide/svelte/icons/wallet';
import Warehouse from '@lucide/svelte/icons/warehouse';
import Wrench from '@lucide/svelte/icons/wrench';
import type { Icon } from '@/ui/types';

/** The icons that modules may name in their navigation. Listed, so that only these are shipped. */
const icons: Record<string, Icon> = {
	armchair: Armchair, 'badge-percent': BadgePercent, banknote: Banknote, 'book-open': BookOpen, book: BookOpen, boxes: Boxes, building: Building, calendar: Calendar, car: Car, chart: ChartColumn,
	'chart-column': ChartColumn, clock: Clock, contact: Contact, 'credit-card': CreditCard, history: History, home: House, house: House, inbox: Inbox, mail: Mail, monitor: Monitor, package: Package, percent: Percent, 'scan-barcode': ScanBarcode,
	receipt: Receipt, scale: Scale, settings: Settings, shield: Shield, cart: ShoppingCart, 'shopping-cart': ShoppingCart, store: Store, tag: Tag, tags: Tags, truck: Truck,
	users: Users, utensils: Utensils, wallet: Wallet, warehouse: Warehouse, wrench: Wrench,
};

/** The icon of that name; a plain dot for one that is not shipped. */
export function iconOf(name: string | undefined): Icon {
	return (name && icons[name]) || Circle;
}
